#include "coldstart/study/warmup_causes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/io/json_record.h"
#include "coldstart/study/built_in.h"
#include "coldstart/study/trial_files.h"
#include "coldstart/study/warmup_study.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A study of one rate and one seed whose runs are written by hand.
class WarmupCauses : public testing::Test {
 protected:
  WarmupCauses()
      : directory_(StudyDirectory::create(temp_ / "w",
                                          warmup_spec({.config = "tiny",
                                                       .optimizers = {"adamw", "lion_ar"},
                                                       .warmups = {"0", "5%"},
                                                       .rates = {1e-3, 1e-1},
                                                       .levels = 3,
                                                       .seeds = 1}),
                                          temp_.path())) {
    for (int64_t i = 0; i < directory_.trials(); ++i) {
      const TrialPlan plan = directory_.plan(i);
      plan::Trial trial;
      trial.index = i;
      trial.values = plan.values;
      trial.seed = plan.seed;
      study_.trials.push_back(std::move(trial));
    }
    report_.cells = {{.optimizer = "adamw", .warmup = "0", .loss = 3.0, .lr = 1e-3},
                     {.optimizer = "adamw", .warmup = "5%", .loss = 2.5, .lr = 1e-2},
                     {.optimizer = "lion_ar", .warmup = "0", .loss = 2.6, .lr = 1e-1},
                     {.optimizer = "lion_ar", .warmup = "5%", .loss = 2.6, .lr = 1e-1}};
    report_.verdicts = {
        {.optimizer = "adamw", .need = Need::needed, .gap = {}, .best_warmup = "5%"},
        {.optimizer = "lion_ar", .need = Need::not_needed, .gap = {}, .best_warmup = "5%"}};
  }

  // 40 steps with these angles of two matrices in the first three, small ones later.
  void write_run(const char* optimizer, const char* warmup, double lr, double query, double key) {
    const auto trials = trials_at(study_, optimizer, warmup, lr);
    ASSERT_EQ(trials.size(), 1u);
    plan::Trial& trial = study_.trials[trials[0]];
    const auto run = directory_.trial(trial.index);
    std::filesystem::create_directories(run);
    train::RunConfig config =
        trial_config(directory_.spec(), *directory_.base(), trial.values, trial.seed);
    config.model.vocab = 256;  // as the data of a run have it
    write_file_atomic(run / "config.toml", train::to_toml(config));
    std::string text;
    for (int64_t step = 1; step <= 40; ++step) {
      trial.steps.step.push_back(step);
      text += io::JsonRecord()
                  .add("type", "train")
                  .add("step", step)
                  .add("loss", 3.0)
                  .add("lr", lr)
                  .line() +
              "\n";
      text += io::JsonRecord()
                  .add("type", "metrics")
                  .add("step", step)
                  .add("angular_update/h.0.attn.q.weight", step <= 3 ? query : 0.01)
                  .add("angular_update/h.0.attn.k.weight", step <= 3 ? key : 0.01)
                  .line() +
              "\n";
    }
    write_file_atomic(run / kMetricsFile, text);
  }

  const data::TempDir temp_;
  const StudyDirectory directory_;
  plan::Study study_;
  WarmupReport report_;
};

TEST_F(WarmupCauses, NamesMeasurePlaceAndWhatKeepsItInRange) {
  write_run("adamw", "0", 1e-2, 1.25, 0.75);
  write_run("adamw", "5%", 1e-2, 0.25, 0.125);
  write_run("lion_ar", "0", 1e-1, 0.0625, 0.0625);
  const auto causes = warmup_causes(directory_, study_, report_);
  ASSERT_EQ(causes.size(), 1u) << "only of the optimizer that warmup helps";
  const WarmupCause& cause = causes[0];
  EXPECT_EQ(cause.optimizer, "adamw");
  EXPECT_EQ(cause.warmup, "5%");
  EXPECT_EQ(cause.lr, 1e-2) << "the rate that is best with warmup";
  ASSERT_EQ(cause.measures.size(), 1u);
  const MeasureOut& out = cause.measures[0];
  EXPECT_EQ(out.measure, "angular_update");
  EXPECT_DOUBLE_EQ(out.limit, 0.5);
  ASSERT_EQ(out.places.size(), 2u) << "layer by layer";
  EXPECT_EQ(out.places[0].where, "layer 0 attention_query");
  EXPECT_EQ(out.places[0].without, 1.25);
  EXPECT_EQ(out.places[0].with, 0.25);
  EXPECT_EQ(out.places[1].where, "layer 0 attention_key");
  EXPECT_EQ(out.places[1].without, 0.75);
  EXPECT_EQ(out.places[1].with, 0.125);
  EXPECT_THAT(out.sentence, HasSubstr("fix the angle with optimizer.name = lion_ar"));
  EXPECT_EQ(out.other, "lion_ar");
  EXPECT_EQ(out.other_value, 0.0625);
  const std::string text = causes_text(causes);
  EXPECT_THAT(text, HasSubstr("cause, adamw at lr 0.01: early updates without warmup and with 5%"));
  EXPECT_THAT(text,
              HasSubstr("angular_update         layer 0 attention_query           1.25      0.25"));
  EXPECT_THAT(text,
              HasSubstr("lion_ar without warmup keeps angular_update in range: 0.0625 at lr 0.1."));
}

TEST_F(WarmupCauses, AnOptimizerThatTurnsTooFarItselfIsNoRemedy) {
  write_run("adamw", "0", 1e-2, 1.25, 0.75);
  write_run("lion_ar", "0", 1e-1, 0.75, 0.125);
  const auto causes = warmup_causes(directory_, study_, report_);
  ASSERT_EQ(causes.at(0).measures.size(), 1u);
  EXPECT_THAT(causes[0].measures[0].other, IsEmpty());
  EXPECT_TRUE(std::isnan(causes[0].measures[0].places[0].with)) << "that run has no records";
}

TEST_F(WarmupCauses, SaysWhenThereIsNoneToSee) {
  EXPECT_THAT(warmup_causes(directory_, study_, report_).at(0).note,
              HasSubstr("no run without warmup"));
  write_run("adamw", "0", 1e-2, 0.25, 0.125);
  EXPECT_THAT(causes_text(warmup_causes(directory_, study_, report_)),
              HasSubstr("every measure stays in its expected range without warmup"));
}

}  // namespace
}  // namespace coldstart::study
