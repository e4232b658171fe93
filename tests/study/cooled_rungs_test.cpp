#include "coldstart/study/cooled_rungs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "tests/train/small_run.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

class StepCounter : public train::RunObserver {
 public:
  void on_step(const train::StepRecord&, const train::TimeAccount&) override { ++steps; }
  int steps = 0;
};

class CooledRungs : public testing::Test {
 protected:
  // Two rungs of 4 and 40 steps; one idea is better than the baseline by far, one is worse.
  static RungsPlan two_rungs() {
    RungsPlan plan;
    plan.baseline = train::small_config("", 40);
    plan.baseline.optimizer.lr = 1e-3;
    plan.options = {.production = 40, .rungs = 2, .cooldown = 0.25, .sigma = 0.01};
    plan.ideas = {{.id = "faster",
                   .values = {{"optimizer.lr", "2e-2"}},
                   .complexity_note = "nothing to maintain"},
                  {.id = "slower", .values = {{"optimizer.lr", "1e-5"}}}};
    return plan;
  }
  RungsResult run(const RungsPlan& plan) {
    return run_cooled_rungs(temp_ / "rungs", plan, *kernels_, counter_);
  }
  static const plan::Idea& idea(const RungsResult& result, const std::string& id) {
    return *std::ranges::find(result.pipeline.ideas, id, &plan::Idea::id);
  }

  const data::TempDir temp_;
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  StepCounter counter_;
};

TEST_F(CooledRungs, ABetterIdeaIsPromotedAndAdoptedAndAWorseOneIsNotSX04) {
  const RungsResult result = run(two_rungs());
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(idea(result, "faster").state, plan::IdeaState::adopted);
  EXPECT_EQ(idea(result, "slower").state, plan::IdeaState::rejected);
  // At rung 2 the rejected one runs on as a control.
  EXPECT_EQ(result.scores.size(), 6u);
  const plan::Verdict v = rungs_verdict(result);
  EXPECT_EQ(v.label, "ADOPT");
  EXPECT_THAT(v.text, HasSubstr("faster"));
  EXPECT_THAT(v.warnings, testing::Contains(HasSubstr("0 of 1 controls passed")));
}

TEST_F(CooledRungs, TheTrunkGoesOnAndNoStepOfItIsMadeTwice) {
  run(two_rungs());
  // Rung 1: trunk to 3, cooldown to 4. Rung 2: trunk from 3 to 30, cooldown to 40.
  EXPECT_EQ(counter_.steps, 3 * (3 + 1 + 27 + 10));
  const auto trunk = train::metrics_of(temp_ / "rungs" / "faster-rung2-trunk", "train");
  EXPECT_EQ(trunk.front().integer("step"), 4);
  EXPECT_EQ(trunk.back().integer("step"), 30);
  const auto cooled = train::metrics_of(temp_ / "rungs" / "faster-rung2-cooled", "train");
  EXPECT_EQ(cooled.size(), 10u);
  EXPECT_LT(cooled.back().number("lr").value(), cooled.front().number("lr").value());
}

TEST_F(CooledRungs, AskedAgainNothingIsRunAndNothingChanges) {
  const RungsResult first = run(two_rungs());
  const int steps = counter_.steps;
  const RungsResult second = run(two_rungs());
  EXPECT_EQ(counter_.steps, steps);
  EXPECT_EQ(plan::text_of(rungs_verdict(first)), plan::text_of(rungs_verdict(second)));
}

TEST_F(CooledRungs, StopsWhereTheBudgetSaysSoAndGoesOnLater) {
  RungsPlan plan = two_rungs();
  int64_t left = 20;
  plan.may_start = [&](int64_t steps) { return (left -= steps) >= 0; };
  const RungsResult stopped = run(plan);
  EXPECT_FALSE(stopped.complete);
  EXPECT_LE(counter_.steps, 20);
  EXPECT_EQ(rungs_verdict(stopped).label, "INSUFFICIENT");
  EXPECT_TRUE(run(two_rungs()).complete);
  EXPECT_EQ(counter_.steps, 3 * 41);
}

TEST_F(CooledRungs, AnIdeaWithADecayOfItsOwnRunsFromScratch) {
  RungsPlan plan = two_rungs();
  plan.ideas = {
      {.id = "cosine", .values = {{"optimizer.lr", "2e-2"}, {"schedule.shape", "cosine"}}}};
  const RungsResult result = run(plan);
  EXPECT_EQ(idea(result, "cosine").state, plan::IdeaState::held) << "it has no note";
  EXPECT_EQ(train::metrics_of(temp_ / "rungs" / "cosine-rung2-scratch", "train").size(), 40u);
  EXPECT_EQ(rungs_verdict(result).label, "HOLD");
}

TEST_F(CooledRungs, NoiseIsMeasuredAtTheFirstRungWhenItIsNotGiven) {
  RungsPlan plan = two_rungs();
  plan.options.sigma = 0;
  plan.noise_runs = 3;
  const RungsResult result = run(plan);
  EXPECT_EQ(result.noise.n, 3);
  EXPECT_GT(result.pipeline.options.sigma, 0);
  EXPECT_TRUE(std::filesystem::exists(temp_ / "rungs" / "baseline-seed3-rung1-cooled"));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "rungs" / "baseline-seed1-rung1-cooled"))
      << "the first of them is the baseline's own run";
}

TEST_F(CooledRungs, AnIdeaThatDivergesIsRejected) {
  RungsPlan plan = two_rungs();
  plan.ideas = {
      {.id = "wild",
       .values = {{"optimizer.name", "sgd"}, {"optimizer.lr", "1e9"}, {"train.grad_clip", "0"}}}};
  const RungsResult result = run(plan);
  EXPECT_EQ(idea(result, "wild").state, plan::IdeaState::rejected);
}

TEST_F(CooledRungs, BadPlansAreRefused) {
  RungsPlan plan = two_rungs();
  plan.ideas.push_back({.id = "faster", .values = {{"optimizer.lr", "1"}}});
  EXPECT_THROW(run(plan), ConfigError) << "taken";
  plan.ideas = {{.id = "../x", .values = {{"optimizer.lr", "1"}}}};
  EXPECT_THROW(run(plan), ConfigError) << "no file name";
  plan.ideas = {{.id = "x", .values = {{"optimizer.lrr", "1"}}}};
  EXPECT_THROW(run(plan), ConfigError) << "no such field";
  plan.ideas.clear();
  EXPECT_THROW(run(plan), ConfigError);
}

constexpr const char* kSpec = R"(config = "tiny"
production = 400
rungs = 2
promote = [3]
cooldown_shape = "1-sqrt"
[[idea]]
id = "lion"
set = ["optimizer.name=lion_a", "optimizer.lr=1e-3"]
note = "one more optimizer"
)";

TEST(RungsSpec, IsReadAndChecked) {
  const RungsPlan plan = parse_rungs(kSpec, "p.toml", ".");
  EXPECT_EQ(plan.options.production, 400);
  EXPECT_EQ(plan.options.rungs, 2);
  EXPECT_THAT(plan.options.promote, testing::ElementsAre(3));
  EXPECT_EQ(plan.shape, schedule::DecayShape::one_minus_sqrt);
  EXPECT_EQ(plan.ideas.at(0).values.at("optimizer.name"), "lion_a");
  EXPECT_EQ(plan.ideas.at(0).complexity_note, "one more optimizer");
  EXPECT_EQ(plan.baseline.model.width, 64);
}

TEST(RungsSpec, MistakesNameTheirLine) {
  for (const auto& [bad, message] : std::vector<std::pair<std::string, std::string>>{
           {"production = 4", "config"},
           {"config = \"tiny\"", "production"},
           {"config = \"tiny\"\nproduction = 40\n[[idea]]\nid = \"x\"", "changes nothing"},
           {"config = \"tiny\"\nproduction = 40\n[[idea]]\nid = \"x\"\nset = [\"lr\"]", "p.toml:5"},
           {"config = \"tiny\"\nproduction = 40\nrugs = 2", "rungs"},
           {"config = ", "p.toml:1"}}) {
    try {
      parse_rungs(bad, "p.toml", ".");
      FAIL() << bad;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.message(), HasSubstr(message)) << bad;
    }
  }
}

}  // namespace
}  // namespace coldstart::study
