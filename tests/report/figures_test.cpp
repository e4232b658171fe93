#include "coldstart/report/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/report/small_study.h"

namespace coldstart::report {
namespace {

using testing::Contains;
using testing::HasSubstr;

const Series& series(const Figure& figure, const std::string& label) {
  for (const Series& one : figure.series)
    if (one.label == label) return one;
  ADD_FAILURE() << "no series " << label << " in " << figure.title;
  return figure.series.front();
}
const Figure& only(const std::vector<Panel>& panels, size_t i = 0) {
  EXPECT_LT(i, panels.size());
  return panels.at(i).variants.front().figure;
}

TEST(Figures, LossAgainstRateHasALineForEachOptimizerAndWarmup) {
  const Figure figure = only(lr_panels(small_study()));
  EXPECT_TRUE(figure.x.log);
  EXPECT_EQ(figure.series.size(), 5u);
  const Series& adamw = series(figure, "adamw, warmup 10%");
  EXPECT_THAT(adamw.x, testing::ElementsAre(0.0001, 0.001, 0.01, 0.1));
  EXPECT_DOUBLE_EQ(adamw.y[1], 3.005) << "the mean over both seeds";
  EXPECT_NEAR(adamw.hi[1] - adamw.y[1], 0.005, 1e-12) << "its standard error";
  EXPECT_EQ(series(figure, "lion_ar, warmup 0").x.size(), 3u) << "the highest rate diverged";
  const Series& crosses = series(figure, "infeasible");
  EXPECT_EQ(crosses.x.size(), 4u);
  EXPECT_TRUE(crosses.on_edge);
  for (const Series& one : figure.series) {
    if (one.on_edge) continue;
    for (const double y : one.y) EXPECT_LT(y, crosses.y.front());
  }
}

TEST(Figures, LossAgainstRateCanBeSeenForOneOptimizer) {
  const Panel panel = lr_panels(small_study()).at(0);
  EXPECT_THAT(panel.pickers, testing::ElementsAre("optimizer"));
  ASSERT_EQ(panel.variants.size(), 3u);
  EXPECT_THAT(panel.variants[2].keys, testing::ElementsAre("lion_ar"));
  EXPECT_EQ(panel.variants[2].figure.series.size(), 3u) << "two warmups, and what diverged";
  Input one = small_study();
  for (plan::Trial& trial : one.study.trials) trial.values["optimizer.name"] = "adamw";
  EXPECT_TRUE(lr_panels(one).at(0).pickers.empty());
}

TEST(Figures, AxisPlotsHaveAllThreeMarks) {
  const std::vector<Panel> panels = axis_panels(small_study());
  ASSERT_EQ(panels.size(), 3u);
  size_t numeric = 0;
  for (const Panel& panel : panels) {
    const Figure& figure = panel.variants.front().figure;
    EXPECT_EQ(series(figure, "best three").x.size(), 3u);
    EXPECT_EQ(series(figure, "infeasible").x.size(), 4u) << "never dropped";
    EXPECT_EQ(series(figure, "trials").x.size(), 25u);
    numeric += figure.x.names.empty();
    if (figure.x.label == "optimizer.name") {
      EXPECT_THAT(figure.x.names, testing::ElementsAre("adamw", "lion_ar"));
    }
  }
  EXPECT_EQ(numeric, 2u) << "rates, and warmups: 0 and 10% have one unit";
}

// SD-06: the rates of two optimizers are two hyperparameters, whatever their name.
TEST(Figures, AConditionalHyperparameterHasAnAxisUnderEachParent) {
  Input input = small_study();
  for (const char* optimizer : {"adamw", "lion_ar"})
    input.study.space.push_back({.name = "optimizer.lr",
                                 .parent = "optimizer.name",
                                 .parent_value = optimizer,
                                 .scale = plan::Scale::log,
                                 .lo = 1e-4,
                                 .hi = 0.1});
  const std::vector<Panel> panels = axis_panels(input);
  ASSERT_EQ(panels.size(), 4u);
  EXPECT_THAT(only(panels, 0).title, HasSubstr("(optimizer.name = adamw)"));
  size_t points = 0;
  for (const Series& one : only(panels, 0).series) points += one.x.size();
  EXPECT_EQ(points, 16u) << "only its own trials";
}

TEST(Figures, IsolationComparesAtEqualNumbers) {
  Input input = small_study();
  // Only two trials of the second optimizer are left.
  std::erase_if(input.study.trials, [](const plan::Trial& trial) {
    return trial.values.at("optimizer.name") == "lion_ar" &&
           trial.values.at("optimizer.lr") != "0.01";
  });
  std::erase_if(input.study.trials, [](const plan::Trial& trial) {
    return trial.values.at("optimizer.name") == "lion_ar" &&
           trial.values.at("schedule.warmup") == "0";
  });
  input.details.clear();
  const std::vector<Panel> panels = isolation_panels(input);
  const auto panel = std::ranges::find_if(
      panels, [](const Panel& p) { return p.variants[0].figure.x.label == "optimizer.name"; });
  ASSERT_NE(panel, panels.end());
  const Figure& figure = panel->variants[0].figure;
  EXPECT_THAT(figure.x.names, testing::ElementsAre("adamw (n=14)", "lion_ar (n=2)"));
  const Series& equal = series(figure, "best of 2");
  EXPECT_DOUBLE_EQ(series(figure, "best of all").y[0], 3);
  EXPECT_GT(equal.y[0], 3) << "two draws are worth less than fourteen";
  EXPECT_THAT(figure.caption, HasSubstr("at 2 trials each")) << "the planner's verdict";
}

TEST(Figures, IsolationKeepsTheOrderOfLevels) {
  const std::vector<Panel> panels = isolation_panels(small_study());
  ASSERT_EQ(panels.size(), 2u) << "not of the learning rate, which is tuned";
  EXPECT_THAT(only(panels, 1).x.names, testing::ElementsAre("0 (n=12)", "10% (n=16)"));
}

TEST(Figures, BestOfNGoesOnToAllFinishedTrials) {
  Input input = small_study();
  const Figure figure = only(best_of_n_panels(input));
  EXPECT_EQ(figure.series[0].x.back(), 28) << "all feasible trials";
  EXPECT_TRUE(std::ranges::is_sorted(figure.series[0].y, std::greater<>()));
  // Of a maximised metric the best of more trials is higher.
  input.study.maximised = true;
  for (plan::Trial& trial : input.study.trials)
    for (double& value : trial.evals.val) value = -value;
  EXPECT_TRUE(std::ranges::is_sorted(only(best_of_n_panels(input)).series[0].y));
}

TEST(Figures, CurvesOfTheBestAndOfEveryFlaggedTrial) {
  const Input input = small_study();
  const std::vector<Panel> panels = curve_panels(input);
  ASSERT_EQ(panels.size(), 3u);
  EXPECT_EQ(only(panels, 0).series.size(), 6u);
  EXPECT_EQ(only(panels, 1).series.size(), 10u) << "4 infeasible, and the one a warning names";
  EXPECT_EQ(only(panels, 2).series.size(), 32u);
  const Series& best = only(panels, 0).series[1];
  EXPECT_THAT(best.label, HasSubstr("lr 0.001"));
  EXPECT_DOUBLE_EQ(*std::ranges::min_element(best.y), 3);
  EXPECT_THAT(flagged_trials(input)[0].reasons, Contains(HasSubstr("W-LUCKY-STEP")));
}

TEST(Figures, TracesHaveTheEquilibriumDrawnIn) {
  const std::vector<Panel> panels = trace_panels(small_study());
  ASSERT_EQ(panels.size(), 4u);
  const auto figure_of = [&](const std::string& id) {
    for (const Panel& panel : panels)
      if (panel.id == id)
        for (const Variant& variant : panel.variants)
          if (variant.keys[1] == "attn.q.weight") return variant.figure;
    ADD_FAILURE() << id;
    return Figure{};
  };
  const Figure angle = figure_of("trace_angular_update");
  EXPECT_DOUBLE_EQ(series(angle, "layer 1, equilibrium").y[0], 0.1);
  EXPECT_DOUBLE_EQ(angle.lines.at(0).value, 0.5);
  const Figure l2 = figure_of("trace_update_l2");
  EXPECT_DOUBLE_EQ(series(l2, "layer 0, equilibrium").y[0], 0.1 * 10) << "angle times norm";
  EXPECT_DOUBLE_EQ(figure_of("trace_snr").lines.at(0).value, 1.0 / 16) << "1/B";
  EXPECT_EQ(figure_of("trace_rrc_train").series.size(), 2u);
}

TEST(Figures, HeatMapKeepsTheLargestOfItsSteps) {
  const HeatMap heat = heat_panels(small_study()).at(0).variants.at(0).figure.heat;
  EXPECT_THAT(heat.rows, testing::ElementsAre("h.0.attn.q.weight", "h.1.attn.q.weight"));
  EXPECT_EQ(heat.values.size(), heat.rows.size() * heat.columns.size());
  EXPECT_LE(heat.columns.size(), 100u);
  EXPECT_DOUBLE_EQ(heat.values[0], 2) << "update_l2 of step 1";
}

TEST(Figures, NormsHaveTheir90thPercentile) {
  const std::vector<Panel> panels = norm_panels(small_study());
  ASSERT_EQ(panels.size(), 2u);
  const Figure& histogram = only(panels, 1);
  double steps = 0;
  for (const double count : histogram.series[0].y) steps += count;
  EXPECT_EQ(steps, 100);
  EXPECT_NEAR(histogram.lines.at(0).value, 0.5 + 0.01 * 90.1, 1e-12);
  EXPECT_THAT(only(panels, 0).caption, HasSubstr("10 of 100 steps were clipped"));
}

TEST(Figures, AMaximisedMetricIsShownAsTheUserCountsIt) {
  Input input = small_study();
  input.study.maximised = true;
  for (plan::Trial& trial : input.study.trials)
    for (double& value : trial.evals.val) value = -value;  // as columns hold it: lower is better
  const auto order = ranked(input.study);
  const auto best = result_of(input.study, input.study.trials[order.front()]);
  EXPECT_GT(best->value, 4) << "the highest is the best now";
}

}  // namespace
}  // namespace coldstart::report
