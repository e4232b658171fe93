#include "coldstart/train/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace coldstart::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int64_t kSteps = 120;

// What a run of kSteps quick steps prints, line by line.
std::vector<std::string> lines_of(ConsoleMode mode, double peak_gflops = 0) {
  std::FILE* file = std::tmpfile();
  {
    const auto console = make_console(mode, file);
    console->on_start({.table = {{"model", "a small one"}, {"machine", "any"}},
                       .total_steps = kSteps,
                       .tokens_per_step = 64,
                       .flops_per_token = 1e6,
                       .peak_gflops = peak_gflops});
    TimeAccount times;
    for (int64_t step = 1; step <= kSteps; ++step) {
      times.train_s += 0.001;  // 64000 tokens/s, 64 GFLOPS
      console->on_step({.step = step, .tokens = 64 * step, .loss = 2.5}, times);
    }
    console->on_eval({.step = kSteps, .val_loss = 2.25, .val_bits_per_byte = 3.25});
    console->on_checkpoint(kSteps, "place");
    RunResult result;
    result.step = kSteps;
    console->on_finish(result, times);
  }
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> starting_with(const std::vector<std::string>& lines, const char* start) {
  std::vector<std::string> found;
  for (const std::string& line : lines)
    if (line.starts_with(start)) found.push_back(line);
  return found;
}

TEST(Console, PlainLinesComeAtRoundSteps) {
  const auto lines = lines_of(ConsoleMode::plain);
  EXPECT_EQ(lines[0], "model    a small one");
  EXPECT_EQ(lines[1], "machine  any");
  EXPECT_THAT(starting_with(lines, "step"),
              ElementsAre(HasSubstr("1/120"), HasSubstr("2/120"), HasSubstr("5/120"),
                          HasSubstr("10/120"), HasSubstr("20/120"), HasSubstr("50/120"),
                          HasSubstr("100/120"), HasSubstr("120/120")));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, Not(HasSubstr("\r"))) << "a log has no control characters";
    EXPECT_THAT(line, Not(HasSubstr("\033")));
  }
  EXPECT_EQ(starting_with(lines, "eval at step").size(), 1u);
  EXPECT_EQ(starting_with(lines, "finished at step 120").size(), 1u);
}

TEST(Console, PercentOfPeakOnlyWhereThePeakIsKnown) {
  EXPECT_THAT(starting_with(lines_of(ConsoleMode::plain), "step").back(), Not(HasSubstr("peak")));
  EXPECT_THAT(starting_with(lines_of(ConsoleMode::plain, 128), "step").back(),
              HasSubstr("50% of peak"));
}

TEST(Console, TheTableFitsTheTerminal) {
  int terminal = -1, program = -1;
  winsize size{.ws_row = 24, .ws_col = 40, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  std::FILE* out = fdopen(program, "w");
  make_console(ConsoleMode::plain, out)
      ->on_start({.table = {{"model", "words that are too long for one line of it"}}});
  std::fclose(out);
  std::string shown;  // a terminal may give what was written in several pieces
  char piece[256];
  for (ssize_t bytes; (bytes = read(terminal, piece, sizeof piece)) > 0;)
    shown.append(piece, static_cast<size_t>(bytes));
  EXPECT_EQ(shown, "model  words that are too long for\r\n       one line of it\r\n\r\n");
  close(terminal);
}

// Frames overwrite each other and nothing of the last one stays in front of a printed line.
TEST(Console, TheLiveBarMakesRoomForLines) {
  std::string text;
  for (const std::string& line : lines_of(ConsoleMode::live)) text += line + "\n";
  EXPECT_THAT(text, HasSubstr("\rstep 120/120"));
  EXPECT_THAT(text, HasSubstr("\r\033[Keval at step"));
  EXPECT_THAT(text, Not(HasSubstr("\033[?25l"))) << "the cursor is never hidden";
}

TEST(Console, JsonIsARecordALine) {
  std::vector<std::string> types;
  for (const std::string& line : lines_of(ConsoleMode::json, 128)) {
    const auto record = io::JsonRecord::parse(line, "console");
    types.push_back(record.text("type").value());
    if (types.back() == "start") {
      EXPECT_EQ(record.number("peak_gflops"), 128);
      EXPECT_EQ(record.text("table.machine"), "any");
    } else if (types.back() == "end") {
      EXPECT_EQ(record.text("outcome"), "finished");
    }
  }
  ASSERT_EQ(types.size(), static_cast<size_t>(kSteps + 4));
  EXPECT_EQ(types.front(), "start");
  EXPECT_EQ(types[1], "train");
  EXPECT_THAT((std::vector<std::string>(types.end() - 3, types.end())),
              ElementsAre("eval", "checkpoint", "end"));
}

TEST(Console, QuietIsQuiet) { EXPECT_TRUE(lines_of(ConsoleMode::quiet).empty()); }

TEST(Console, FlagsComeFirstThenTheTerminal) {
  std::FILE* file = std::tmpfile();
  EXPECT_EQ(console_mode(true, false, file), ConsoleMode::json);
  EXPECT_EQ(console_mode(false, true, file), ConsoleMode::quiet);
  EXPECT_EQ(console_mode(false, false, file), ConsoleMode::plain);
  std::fclose(file);
}

}  // namespace
}  // namespace coldstart::train
