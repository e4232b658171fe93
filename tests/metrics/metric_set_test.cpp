#include "coldstart/metrics/metric_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/metrics/registry.h"
#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Writes down when it was asked, as values at the level of the model.
class Diary : public Metric {
 public:
  void before_update(const StepView&) override { ++before_; }
  void after_update(const StepView& view, MetricSink& sink) override {
    if (sink.wants(Level::model)) sink.put("", "model", static_cast<double>(view.step));
    if (sink.wants(Level::tensor)) sink.put("", "tensor", before_);
  }
  void observe(const ModelView& view, MetricSink& sink) override {
    if (sink.wants(Level::model)) sink.put(".model", "model", static_cast<double>(view.step));
  }
  std::vector<MetricState> states() override {
    return {{"before", Tensor(&before_, DType::f64, {1})}};
  }

 private:
  double before_ = 0;
};

class Set : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto make = [](const MetricSetup&) { return std::make_unique<Diary>(); };
    register_metric({.name = "diary",
                     .meaning = "test",
                     .cost = "none",
                     .costs_nothing = true,
                     .observes_model = true,
                     .interval = {.steps = 1},
                     .make = make});
    register_metric({.name = "costly_diary", .meaning = "test", .cost = "a lot", .make = make});
  }

  // Names of what a step gives.
  std::vector<std::string> step(MetricSet& set, int64_t number, bool evaluation = false) {
    const StepView view{.step = number,
                        .lr = 1,
                        .model = run_.gpt,
                        .kernels = run_.kernels(),
                        .measured = run_.measured,
                        .report = run_.report};
    set.before_update(view, evaluation);
    set.after_update(view, evaluation);
    set.observe({.step = number, .model = run_.gpt, .kernels = run_.kernels()}, evaluation);
    std::vector<std::string> names;
    for (const NamedValue& value : set.take()) names.push_back(value.first);
    return names;
  }
  MetricSet make(const std::string& measure, const std::string& granularity,
                 int64_t first_steps = 0, int64_t first_steps_every = 1) {
    return {{.measure = measure,
             .granularity = granularity,
             .first_steps = first_steps,
             .first_steps_every = first_steps_every},
            run_.gpt.params(),
            {}};
  }

  SmallRun run_{small_gpt_config()};
};

TEST_F(Set, AMeasureIsTakenWhenItsTurnHasCome) {
  MetricSet set = make("diary@3", "model");
  EXPECT_THAT(step(set, 1), IsEmpty());
  EXPECT_THAT(step(set, 3), ElementsAre("diary/model", "diary.model/model"));
  EXPECT_THAT(step(set, 4, true), IsEmpty()) << "an evaluation is not its turn";
}

TEST_F(Set, AtEvaluationsAtEveryLevel) {
  MetricSet set = make("costly_diary", "model,tensor@100");
  EXPECT_THAT(step(set, 100), IsEmpty());
  EXPECT_THAT(step(set, 7, true),
              ElementsAre("costly_diary/model", "costly_diary/tensor", "costly_diary.model/model"));
  EXPECT_TRUE(make("diary@eval", "model").observes_model(0, true));
  EXPECT_FALSE(make("diary@eval", "model").observes_model(0, false));
  EXPECT_FALSE(make("costly_diary", "model").observes_model(0, true)) << "it does not say so";
}

TEST_F(Set, LevelsHaveTheirOwnTurn) {
  MetricSet set = make("diary", "model@2,tensor@3");
  EXPECT_THAT(step(set, 1), IsEmpty());
  EXPECT_THAT(step(set, 2), ElementsAre("diary/model", "diary.model/model"));
  EXPECT_THAT(step(set, 3), ElementsAre("diary/tensor"));
  EXPECT_EQ(step(set, 6).size(), 3u);
}

TEST_F(Set, WithoutALevelNothingIsMeasured) {
  MetricSet set = make("diary", "tensor@5");
  EXPECT_THAT(step(set, 4), IsEmpty());
  EXPECT_FALSE(set.observes_model(4, false));
  EXPECT_THAT(step(set, 5), ElementsAre("diary/tensor"));
  EXPECT_EQ(set.states()[0].tensor.at(0), 1) << "it was not even asked at step 4";
}

TEST_F(Set, EarlyStepsAreLookedAtMoreClosely) {
  MetricSet set = make("diary@100,costly_diary@100", "model@100,tensor@100", 4, 2);
  EXPECT_THAT(step(set, 1), IsEmpty());
  EXPECT_THAT(step(set, 2), ElementsAre("diary/model", "diary/tensor", "diary.model/model"))
      << "but not by what costs";
  EXPECT_THAT(step(set, 4).size(), 3u);
  EXPECT_THAT(step(set, 6), IsEmpty());
}

TEST_F(Set, StatesCarryTheNameOfTheirMetric) {
  MetricSet set = make("diary,costly_diary", "model");
  std::vector<std::string> names;
  for (const MetricState& state : set.states()) names.push_back(state.name);
  EXPECT_THAT(names, ElementsAre("diary/before", "costly_diary/before"));
}

TEST_F(Set, NoneIsNone) {
  MetricSet set = make("none", "model");
  EXPECT_TRUE(set.empty());
  EXPECT_THAT(step(set, 1, true), IsEmpty());
}

}  // namespace
}  // namespace coldstart::metrics
