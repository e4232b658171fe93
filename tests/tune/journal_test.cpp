#include "coldstart/tune/journal.h"

#include <gtest/gtest.h>

#include <fstream>

#include "coldstart/core/error.h"
#include "tests/data/temp_dir.h"

namespace coldstart::tune {
namespace {

using data::TempDir;

Decision example() {
  Decision d{.id = "rate", .phase = "rates", .question = "Which?", .answer = "0.08"};
  d.label = "INSIDE_RANGE";
  d.evidence = {"0.02: 2.1", "0.08: 2.0"};
  d.caveats = {"one seed"};
  d.cost = {.seconds = 1.5, .tokens = 4096, .flops = 1e9};
  d.numbers = {{"lr", 0.08}, {"steps", 40}};
  d.words = {{"run", "rate-lr0.08"}};
  return d;
}

TEST(Journal, GivesBackWhatWasWrittenInAnEarlierSitting) {
  const TempDir directory;
  EXPECT_FALSE(Journal::is_in(directory.path()));
  Journal(directory.path()).write(to_record(example()));
  ASSERT_TRUE(Journal::is_in(directory.path()));
  const Journal journal(directory.path());
  const auto decision = journal.decision("rate");
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->evidence, example().evidence);
  EXPECT_EQ(decision->caveats, example().caveats);
  EXPECT_TRUE(decision->commands.empty());
  EXPECT_DOUBLE_EQ(decision->number("lr"), 0.08);
  EXPECT_EQ(decision->integer("steps"), 40);
  EXPECT_EQ(decision->word("run"), "rate-lr0.08");
  EXPECT_DOUBLE_EQ(decision->cost.tokens, 4096);
  EXPECT_FALSE(journal.decision("warmup"));
  EXPECT_THROW(decision->number("loss"), DataError);
}

// A kill in the middle of a write: the decision was not made, and the next one stands on its own.
TEST(Journal, ATornLastLineIsAsIfItWereNotThere) {
  const TempDir directory;
  Journal(directory.path()).write(to_record(example()));
  {
    std::ofstream torn(directory / "journal.jsonl", std::ios::app);
    torn << R"({"type":"decision","name":"warm)";
  }
  Journal journal(directory.path());
  EXPECT_EQ(journal.records().size(), 1u);
  Decision next = example();
  next.id = "warmup";
  journal.write(to_record(next));
  EXPECT_EQ(Journal(directory.path()).decisions().size(), 2u);
}

}  // namespace
}  // namespace coldstart::tune
