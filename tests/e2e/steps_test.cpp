// The verbs of `coldstart steps` as a user types them: exit statuses, JSON, bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/plan/law_runs.h"
#include "tests/plan/synthetic_curves.h"

namespace coldstart {
namespace {

using plan::Trial;
using testing::HasSubstr;

// A trial as a CSV file of its evaluations, with the rate.
void write_csv(const std::filesystem::path& file, const Trial& t) {
  std::string text = "step,lr,val_loss,train_probe\n";
  for (size_t i = 0; i < t.evals.size(); ++i)
    text += fmt::format(
        "{},{},{},{}\n", t.evals.step[i], t.schedule->lr(t.evals.step[i]), t.evals.val[i],
        t.evals.train.empty() ? std::string() : fmt::format("{}", t.evals.train[i]));
  write_file_atomic(file, text);
}

class StepsVerbs : public testing::Test {
 protected:
  StepsVerbs() {
    write_csv(dir_.path() / "trunk.csv", plan::law_trial("trunk", plan::trunk(24'000), 5e-4));
    write_csv(dir_.path() / "early.csv",
              plan::law_trial("early", plan::cooled(8'000, 12'000), 5e-4));
    write_csv(dir_.path() / "late.csv",
              plan::law_trial("late", plan::cooled(20'000, 24'000), 5e-4));
  }
  ProgramResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "steps");
    return run_program(arguments, dir_.path().string());
  }
  const std::vector<std::string> target_ = {"--csv-warmup",
                                            "2000",
                                            "--lr",
                                            "3e-4",
                                            "--schedule.shape",
                                            "cosine",
                                            "--schedule.warmup",
                                            "2000",
                                            "--schedule.final_ratio",
                                            "0.1"};
  std::vector<std::string> predict(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "predict");
    arguments.insert(arguments.end(), target_.begin(), target_.end());
    return arguments;
  }

  data::TempDir dir_;
};

TEST_F(StepsVerbs, PredictGivesARangeThatHoldsTheTruth) {
  const auto r = run(predict({"trunk.csv", "early.csv", "late.csv", "--at", "72000", "--json"}));
  ASSERT_EQ(r.status, 0) << r.err;
  const auto json = nlohmann::json::parse(r.out);
  EXPECT_EQ(json["label"], "GOOD");
  const double truth = plan::law_loss(plan::LrTrace::of(plan::cosine(72'000), 72'000), 72'000);
  const auto& loss = json["evidence"][0]["value"];
  EXPECT_LE(loss[0], truth);
  EXPECT_NEAR(loss[1], truth, 0.005 * truth);
  EXPECT_GE(loss[2], truth);
}

TEST_F(StepsVerbs, PredictRefusesWithStatusThree) {
  const auto r = run(predict({"trunk.csv", "--at", "3x"}));
  EXPECT_EQ(r.status, 3);
  EXPECT_THAT(r.out, HasSubstr("REFUSED"));
  EXPECT_THAT(r.out, HasSubstr("reaches 1.5x"));
}

TEST_F(StepsVerbs, PredictNeedsTheScheduleOfTheLongerRun) {
  const auto r = run({"predict", "trunk.csv", "--at", "2x"});
  EXPECT_EQ(r.status, 2);
  EXPECT_THAT(r.err, HasSubstr("--like RUN"));
  EXPECT_EQ(run(predict({"trunk.csv", "--at", "soon"})).status, 2);
}

TEST_F(StepsVerbs, ClassifyNamesTheLabelAndTheCheapestRun) {
  write_csv(dir_.path() / "a.csv", plan::synthetic_trial({.noise = 0.001}));
  const auto r = run({"classify", "a.csv"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("COMPUTE_BOUND (TD-01)"));
  EXPECT_THAT(r.out, HasSubstr("NOISE_LOWER_BOUND"));
}

TEST_F(StepsVerbs, ClassifySaysInsufficientWithStatusFour) {
  write_file_atomic(dir_.path() / "short.csv", "step,lr,val_loss\n1,0.1,5\n2,0.1,4\n");
  const auto r = run({"classify", "short.csv"});
  EXPECT_EQ(r.status, 4);
  EXPECT_THAT(r.out, HasSubstr("INSUFFICIENT"));
  write_file_atomic(dir_.path() / "back.csv", "step,lr,val_loss\n2,0.1,5\n1,0.1,4\n");
  EXPECT_EQ(run({"classify", "back.csv"}).status, 4);
  EXPECT_EQ(run({"classify", "missing.csv"}).status, 2);
}

TEST_F(StepsVerbs, ExtendKeepsTheDecayAndRefusesToRunOnAtZero) {
  const std::vector<std::string> schedule = {"extend", "--lr",
                                             "0.001",  "--steps",
                                             "10000",  "--schedule.shape",
                                             "linear", "--schedule.warmup",
                                             "500",    "--to",
                                             "30000"};
  const auto r = run(schedule);
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("20000 hold + 9500 linear decay"));
  auto resume = schedule;
  resume.emplace_back("--resume-at-end");
  const auto refused = run(resume);
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.out, HasSubstr("E-TINY-LR"));
}

TEST_F(StepsVerbs, PlanPrintsRoundsTradeAndTransfer) {
  const auto r = run({"plan", "--production", "100000", "--budget", "100", "--steps-per-second",
                      "2.78", "--tuned", "lr:base_lr,wd:weight_decay"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("bridge: 2 x 20000 steps"));
  EXPECT_THAT(r.out, HasSubstr("NOT_ESTABLISHED"));
  EXPECT_THAT(run({"plan", "--transfer"}).out, HasSubstr("very likely"));
  EXPECT_EQ(run({"plan", "--production", "100000"}).status, 2) << "no budget";
  EXPECT_EQ(run({"plan", "--tuned", "lr"}).status, 2);
}

TEST_F(StepsVerbs, InitReadsARecordedSweep) {
  const auto sweep = [&](const char* file, double lr, int64_t hit) {
    std::string text = "step,lr,train_probe\n";
    for (int64_t step = 100; step <= 3000; step += 100)
      text += fmt::format("{},{},{}\n", step, lr, step >= hit ? 0.01 : 1.0);
    write_file_atomic(dir_.path() / file, text);
  };
  sweep("a.csv", 1e-4, 2500);
  sweep("b.csv", 3e-4, 1500);
  sweep("c.csv", 1e-3, 2000);
  const auto r = run({"init", "a.csv", "b.csv", "c.csv", "--fit", "train_loss<0.05"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("max_train_steps = 1500"));
  EXPECT_EQ(run({"init", "a.csv", "b.csv", "c.csv", "--fit", "train_loss<0.001"}).status, 3);
  EXPECT_EQ(run({"init", "a.csv", "--fit", "it fits"}).status, 2);
}

TEST_F(StepsVerbs, CalibrateWritesErrorsThatPredictReads) {
  write_csv(dir_.path() / "long.csv", plan::law_trial("long", plan::trunk(48'000), 5e-4));
  const auto r = run({"calibrate", "long.csv", "--csv-warmup", "2000", "--out", "errors.txt"});
  ASSERT_EQ(r.status, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("measured"));
  EXPECT_THAT(read_file(dir_.path() / "errors.txt"), testing::StartsWith("# |predicted"));
  EXPECT_EQ(
      run(predict({"trunk.csv", "early.csv", "late.csv", "--at", "3x", "--holdouts", "errors.txt"}))
          .status,
      0);
}

}  // namespace
}  // namespace coldstart
