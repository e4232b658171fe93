#include "coldstart/study/load_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::study {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string message(std::string_view text, const CsvOptions& options = {}) {
  try {
    parse_csv(text, "a.csv", options);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(LoadCsv, ColumnsAreFoundByName) {
  const plan::Trial t = parse_csv("step,lr,val_loss,train_probe\n1,0.1,5,4.5\n2,0.2,4,\n", "a", {});
  EXPECT_THAT(t.evals.step, ElementsAre(1, 2));
  EXPECT_THAT(t.evals.val, ElementsAre(5, 4));
  EXPECT_TRUE(std::isnan(t.evals.train[1])) << "an empty cell is missing";
  EXPECT_THAT(t.steps.lr, ElementsAre(0.1, 0.2));
  EXPECT_TRUE(t.steps.loss.empty());
  EXPECT_EQ(t.planned_steps, 2);
}

TEST(LoadCsv, LossStandsInForValLossAndNamesCanBeMapped) {
  EXPECT_THAT(parse_csv("step,lr,loss\n1,0.1,5\n", "a", {}).evals.val, ElementsAre(5));
  const plan::Trial t =
      parse_csv("it, eval/loss ,rate\r\n1,5,0.1\r\n", "a",
                {.map = {"step=it", "val_loss=eval/loss", "lr=rate"}, .warmup = 7, .max_steps = 9});
  EXPECT_THAT(t.evals.val, ElementsAre(5));
  EXPECT_THAT(t.steps.lr, ElementsAre(0.1));
  EXPECT_EQ(t.schedule->warmup, 7);
  EXPECT_EQ(t.schedule->base, 0) << "its rates are the recorded ones";
  EXPECT_EQ(t.planned_steps, 9);
}

TEST(LoadCsv, RowsWithoutAValueAreNoRecords) {
  const plan::Trial t = parse_csv("step,lr,val_loss\n1,0.1,\n2,,4\n3,nan,Infinity\n", "a", {});
  EXPECT_THAT(t.evals.step, ElementsAre(2, 3));
  EXPECT_THAT(t.steps.step, ElementsAre(1, 3));
}

TEST(LoadCsvBadInput, SaysFileAndLine) {
  EXPECT_THAT(message("step,loss\n1,5\n2,abc\n"), HasSubstr("a.csv:3"));
  EXPECT_THAT(message("step,loss\n1.5,5\n"), HasSubstr("whole number"));
  EXPECT_THAT(message("step,loss\n,5\n"), HasSubstr("no record has a step"));
  EXPECT_THAT(message("loss\n5\n"), HasSubstr("no record has a step"));
  EXPECT_THAT(message("step,other\n1,2\n"), HasSubstr("no column means a loss"));
  EXPECT_THAT(message(""), HasSubstr("header"));
  EXPECT_THAT(message("step,loss\n1,2\n", {.map = {"val_loss=x"}}), HasSubstr("no column 'x'"));
  EXPECT_THAT(message("step,loss\n1,2\n", {.map = {"foo=loss"}}), HasSubstr("'foo' means nothing"));
  EXPECT_THAT(message("step,loss\n1,2\n", {.map = {"loss"}}), HasSubstr("OURS=THEIRS"));
}

// The same records as a CSV file, as a log that grows, and as the directory of a run.
TEST(LoadCsv, ATrainingProbeAloneIsAnEvaluation) {
  const plan::Trial t = parse_csv("step,lr,train_probe\n1,0.1,4\n2,0.1,3\n", "a", {});
  EXPECT_THAT(t.evals.train, ElementsAre(4, 3));
  EXPECT_TRUE(t.evals.val.empty()) << "was not recorded";
}

TEST(LoadCsv, GivesWhatTheImportOfTheSameLogGives) {
  const plan::Trial t = parse_csv(
      "step,train_loss,val_loss,clipped\n1,4,,true\n2,3,3.5,false\n2,3,3.25,false\n", "a", {});
  EXPECT_THAT(t.steps.loss, ElementsAre(4, 3));
  EXPECT_THAT(t.steps.clipped, ElementsAre(1, 0));
  EXPECT_THAT(t.evals.val, ElementsAre(3.25)) << "the last of a step counts";
}

TEST(LoadRun, ADirectoryWithoutARunIsAnError) {
  EXPECT_THROW(load_run("/"), DataError);
  EXPECT_THROW(load_trial("/no/such/file"), DataError);
}

}  // namespace
}  // namespace coldstart::study
