#include "coldstart/tune/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/clock.h"
#include "coldstart/core/files.h"
#include "coldstart/io/json_lines.h"
#include "tests/data/temp_dir.h"

namespace coldstart::tune {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string shown(train::ConsoleMode mode) {
  const data::TempDir directory;
  const auto file = directory / "out.txt";
  std::FILE* out = std::fopen(file.c_str(), "w");
  const auto console = make_tune_console(mode, out);
  console->on_phase({2, 8, "rates", "which learning rate"});
  const RunProgress run{.name = "rate-1", .why = "is it 0.08?", .from = 0, .step = 7, .to = 40};
  console->on_run(run);
  const Ledger ledger(directory.path(), {.unit = BudgetUnit::seconds, .amount = 600}, now_s());
  console->on_step(run, ledger);
  console->on_run_end("rate-1", "validation loss 2.0000 at step 40");
  Decision d{.id = "rate", .phase = "rates", .question = "Which rate?", .answer = "0.08"};
  d.caveats = {"one seed"};
  console->on_decision(d, false);
  std::fclose(out);
  return read_file(file);
}

TEST(TuneConsole, ALiveLineSaysPhaseQuestionAndWhatIsLeft) {
  const std::string text = shown(train::ConsoleMode::live);
  for (const char* part : {"[2/8] rates: which learning rate", "is it 0.08?  step 7/40",
                           "10:00 left", "Which rate? 0.08", "caveat: one seed"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(TuneConsole, PlainLinesAreNotRedrawn) {
  const std::string text = shown(train::ConsoleMode::plain);
  EXPECT_THAT(text, HasSubstr("rate-1: validation loss 2.0000 at step 40"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TuneConsole, JsonLinesAreRecords) {
  const std::string text = shown(train::ConsoleMode::json);
  const data::TempDir directory;
  write_file_atomic(directory / "lines.jsonl", text);
  const auto records = io::read_json_lines(directory / "lines.jsonl");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].text("type"), "phase");
  EXPECT_EQ(records[3].text("type"), "decision");
  EXPECT_EQ(records[3].text("answer"), "0.08");
}

TEST(TuneConsole, QuietSaysNothing) { EXPECT_EQ(shown(train::ConsoleMode::quiet), ""); }

}  // namespace
}  // namespace coldstart::tune
