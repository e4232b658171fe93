#include "coldstart/study/import_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/import_jsonl.h"

namespace coldstart::study {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ImportedLog read(std::string_view text, const NameMap& map = {}) {
  return import_jsonl(text, "log", {.map = map});
}
std::string refusal(std::string_view text, const NameMap& map = {}) {
  try {
    read(text, map);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(ImportLog, SplitsStepsAndEvaluationsAndJoinsRowsOfOneStep) {
  const ImportedLog log = read(
      "{\"step\":1,\"train_loss\":4.5,\"lr\":1e-3}\n{\"step\":1,\"val_loss\":4.25}\n"
      "{\"step\":2,\"train_loss\":NaN,\"gpu_temp\":61}\n");
  EXPECT_EQ(log.metrics,
            "{\"step\":1,\"train_loss\":4.5,\"lr\":1e-3}\n{\"step\":1,\"val_loss\":4.25}\n"
            "{\"step\":2,\"train_loss\":\"NaN\",\"gpu_temp\":61}\n");
  EXPECT_THAT(log.names, ElementsAre("train_loss", "lr", "val_loss"));
  EXPECT_THAT(log.others, ElementsAre("gpu_temp"));
  EXPECT_EQ(log.last_step, 2);
  EXPECT_EQ(log.eval_records, 1);
  EXPECT_THAT(log.warnings, IsEmpty());
}

TEST(ImportLog, MapsNamesAndGivesWayToThem) {
  const ImportedLog log = read("{\"it\":3,\"eval\":{\"loss\":2.5},\"val_loss\":9}\n",
                               parse_name_map({"step=it", "val_loss=eval.loss"}));
  EXPECT_EQ(log.metrics, "{\"step\":3,\"val_loss\":2.5}\n");
}

TEST(ImportLog, AResumedRunReplacesWhatItHadWritten) {
  const ImportedLog log = read(
      "{\"step\":1,\"train_loss\":4}\n{\"step\":2,\"train_loss\":3}\n{\"step\":3,\"train_loss\":2}"
      "\n"
      "{\"step\":2,\"train_loss\":3.5}\n{\"step\":3,\"train_loss\":2.5}\n");
  EXPECT_EQ(log.metrics,
            "{\"step\":1,\"train_loss\":4}\n{\"step\":2,\"train_loss\":3.5}\n"
            "{\"step\":3,\"train_loss\":2.5}\n");
  EXPECT_THAT(log.warnings, testing::Contains(HasSubstr("steps go back 1 times")));
  const ImportedLog event = read(
      "{\"step\":1,\"train_loss\":4}\n{\"step\":2,\"train_loss\":3}\n"
      "{\"event\":\"resume\",\"from_step\":1}\n{\"step\":3,\"train_loss\":2}\n");
  EXPECT_EQ(event.metrics, "{\"step\":1,\"train_loss\":4}\n{\"step\":3,\"train_loss\":2}\n");
}

TEST(ImportLog, TheLastOfRepeatedRecordsCounts) {
  const ImportedLog log = read("{\"step\":1,\"val_loss\":4}\n{\"step\":1,\"val_loss\":3}\n");
  EXPECT_EQ(log.metrics, "{\"step\":1,\"val_loss\":3}\n");
  EXPECT_THAT(log.warnings, ElementsAre(HasSubstr("stand there more than once")));
}

TEST(ImportLog, SaysWhyALogCannotBeUsed) {
  EXPECT_THAT(
      refusal("{\"iter\":1,\"loss\":2}\n"),
      testing::AllOf(HasSubstr("no record has a step"), HasSubstr("there are: iter, loss")));
  EXPECT_THAT(refusal("{\"step\":1,\"loss\":2}\n"), HasSubstr("no column means a loss"));
  EXPECT_THAT(refusal("{\"step\":1.5,\"train_loss\":2}\n"),
              HasSubstr("[log:1] step is 1.5, expected a whole number"));
  EXPECT_THAT(refusal("{\"step\":-1,\"train_loss\":2}\n"), HasSubstr("expected 0 or more"));
  EXPECT_THAT(refusal("{\"step\":NaN,\"train_loss\":2}\n"), HasSubstr("step is NaN"));
  EXPECT_THAT(refusal(""), HasSubstr("there is no record in it"));
  EXPECT_THAT(refusal("{\"step\":1,\"train_loss\":2}\n", {{"val_loss", "eval/loss"}}),
              HasSubstr("there is no column 'eval/loss' for val_loss"));
  std::string zigzag;
  for (int i = 0; i < 40; ++i)
    zigzag += "{\"step\":" + std::to_string(i % 2) + ",\"train_loss\":2}\n";
  EXPECT_THAT(refusal(zigzag), HasSubstr("no log of one run"));
}

TEST(ImportLog, ALineCutOffAtTheEndIsLeftOut) {
  const std::string whole = "{\"step\":1,\"train_loss\":4}\n{\"step\":2,\"train_loss\":3.25}";
  EXPECT_EQ(read(whole).step_records, 2);
  for (size_t cut = 27; cut < whole.size(); ++cut)
    EXPECT_EQ(read(whole.substr(0, cut)).step_records, 1) << cut;
  EXPECT_THAT(refusal("{\"step\":1,\"train\n{\"step\":2,\"train_loss\":3.25}\n"),
              HasSubstr("[log:1] not a JSON object"));
}

TEST(ImportLog, FindsIrregularEvaluations) {
  EXPECT_EQ(irregular_evals({0, 100, 200, 300, 400, 450}), "");
  EXPECT_EQ(irregular_evals({1, 50}), "");
  EXPECT_THAT(irregular_evals({0, 100, 190, 350, 400, 560, 700}), HasSubstr("W-EVAL-IRREGULAR"));
}

TEST(ImportLog, GivesStepsTheRateOfASchedule) {
  schedule::Schedule schedule{.warmup = 0, .hold = 0, .decay = 4, .base = 1};
  schedule.fall.shape = schedule::DecayShape::linear;
  const ImportedLog log = import_jsonl("{\"step\":1,\"val_loss\":4}\n{\"step\":3,\"val_loss\":3}\n",
                                       "log", {.map = {}, .schedule = schedule});
  EXPECT_THAT(log.metrics, HasSubstr("{\"step\":1,\"lr\":1}\n{\"step\":1,\"val_loss\":4}"));
  EXPECT_THAT(log.metrics, HasSubstr(fmt::format("{{\"step\":3,\"lr\":{}}}", schedule.lr(2))));
}

TEST(ImportLog, ChecksTheMap) {
  for (const char* bad : {"val_loss", "=x", "val_loss=", "loss=x"})
    EXPECT_THROW(parse_name_map({bad}), ConfigError) << bad;
  EXPECT_THROW(parse_name_map({"lr=a", "lr=b"}), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
