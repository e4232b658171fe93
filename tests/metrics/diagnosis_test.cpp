// Every cause in records made by hand: what is said of it, and that one step less says nothing.
#include "coldstart/metrics/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace coldstart::metrics {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::vector<ParamSpec> kParams = {{"token_embedding.weight", Role::token_embedding, -1, 8, 4},
                                        {"h.0.attn.q.weight", Role::attention_query, 0, 4, 4},
                                        {"h.1.mlp.in.weight", Role::mlp_in, 1, 16, 4},
                                        {"norm_f.gain", Role::norm_gain, -1, 0, 4}};

DiagnosedRun run_of(double batch = 32) {
  return {.params = kParams, .peak_lr = 0.01, .batch = batch};
}

// 40 steps at the peak rate; values(step) gives the names and values of each.
using Values = std::vector<std::pair<std::string, double>>;
std::vector<RecordedStep> steps_with(const std::function<Values(int64_t)>& values,
                                     double lr = 0.01) {
  std::vector<RecordedStep> steps;
  for (int64_t step = 1; step <= 40; ++step)
    steps.push_back({.step = step, .lr = lr, .values = values(step)});
  return steps;
}

TEST(Diagnosis, AMatrixThatTurnsFasterThanItsEquilibrium) {
  const auto steps = steps_with([](int64_t step) -> Values {
    const double angle = step <= 3 ? 1.5 / static_cast<double>(step) : 0.02;
    return {{"angular_update/h.0.attn.q.weight", angle},
            {"equilibrium.ratio/h.0.attn.q.weight", angle / 0.02},
            {"angular_update/h.1.mlp.in.weight", step == 1 ? 0.6 : 0.02},
            {"angular_update/norm_f.gain", 2}};
  });
  const auto findings = diagnose(steps, run_of());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].measure, "angular_update");
  EXPECT_EQ(findings[0].where, "layer 0 attention_query");
  EXPECT_EQ(findings[0].series, "angular_update/h.0.attn.q.weight");
  EXPECT_EQ(findings[0].first_step, 1);
  EXPECT_EQ(findings[0].last_step, 2) << "0.5 itself is inside";
  EXPECT_DOUBLE_EQ(findings[0].worst, 1.5);
  EXPECT_DOUBLE_EQ(findings[0].times, 3);
  // tan 1.5 / tan 0.5 = 25.8: of so many steps of warmup the first has that part of the rate.
  EXPECT_EQ(findings[0].sentence,
            "Layer 0 attention_query turned by up to 1.5 rad an update, 75.0 times its equilibrium "
            "angle, from step 1 to 2 (and 1 more tensor): fix the angle with optimizer.name = "
            "lion_ar, or warm up for at least 26 steps (schedule.warmup).");
}

TEST(Diagnosis, TheWorstValueOfASeries) {
  const auto steps = steps_with([](int64_t step) -> Values {
    return {{"rrc.train/h.1.mlp.in.weight", step == 3 ? 0.75 : 0.25},
            {"momentum_cancellation/h.1.mlp.in.weight", step == 3 ? -9.0 : -1.0}};
  });
  EXPECT_EQ(worst_recorded(steps, "rrc.train", "rrc.train/h.1.mlp.in.weight"), 0.75);
  EXPECT_EQ(
      worst_recorded(steps, "momentum_cancellation", "momentum_cancellation/h.1.mlp.in.weight"),
      -1);
  EXPECT_TRUE(std::isnan(worst_recorded(steps, "rrc.train", "rrc.train/model")));
}

TEST(Diagnosis, ALargeAngleNearASoundEquilibriumIsNoFinding) {
  const auto at_equilibrium = [](double angle, double ratio) {
    return steps_with([=](int64_t) -> Values {
      return {{"angular_update/h.0.attn.q.weight", angle},
              {"equilibrium.ratio/h.0.attn.q.weight", ratio}};
    });
  };
  EXPECT_THAT(diagnose(at_equilibrium(0.9, 3), run_of()), IsEmpty());
  EXPECT_THAT(diagnose(at_equilibrium(0.49, 1), run_of()), IsEmpty());
  // A rate so high that the equilibrium itself is unsound, whoever set it.
  DiagnosedRun rotational = run_of();
  rotational.rotational = true;
  for (const DiagnosedRun& run : {run_of(), rotational}) {
    const auto findings = diagnose(at_equilibrium(0.8, 1), run);
    ASSERT_THAT(findings, SizeIs(1));
    EXPECT_THAT(findings[0].sentence, HasSubstr("lower optimizer.lr"));
  }
}

TEST(Diagnosis, TheWarmupItNamesCountsFromTheRateThatTheStepHad) {
  const auto at_half_rate = steps_with(
      [](int64_t step) -> Values {
        return {{"angular_update/token_embedding.weight", step == 10 ? std::atan(0.8) : 0.01}};
      },
      0.005);
  // Step 10 at half the peak: a warmup of 20. 0.8 / tan 0.5 = 1.464 of it: 29.3.
  EXPECT_THAT(diagnose(at_half_rate, run_of())[0].sentence,
              testing::AllOf(HasSubstr("The token_embedding turned"), HasSubstr("at step 10:"),
                             HasSubstr("at least 30 steps")));
}

TEST(Diagnosis, ALayerOutsideTheRotationIsToldToRotate) {
  const auto steps = steps_with([](int64_t) -> Values {
    return {{"angular_update/token_embedding.weight", 0.6}};
  });
  DiagnosedRun run = run_of();
  run.rotational = true;
  EXPECT_THAT(diagnose(steps, run)[0].sentence, HasSubstr("optimizer.rotate_embeddings"));
}

TEST(Diagnosis, AnUpdateThatChangesALayersOutputTooMuch) {
  const auto steps = steps_with([](int64_t step) -> Values {
    return {{"rrc.train/h.1.mlp.in.weight", step == 5 ? 0.8 : 0.4}};
  });
  const auto findings = diagnose(steps, run_of());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence, HasSubstr("layer 1 mlp_in by up to 0.8 times its size"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("rrc.rrc_scaling = exact"));
  DiagnosedRun scaled = run_of();
  scaled.rrc_scaled = true;
  EXPECT_THAT(diagnose(steps, scaled)[0].sentence, HasSubstr("lower optimizer.lr"))
      << "what is on already is no advice";
}

TEST(Diagnosis, ABatchWithoutNoise) {
  const auto outside_until = [](int64_t last) {
    return steps_with([=](int64_t step) -> Values {
      return {{"snr/model", step <= last ? 2 : 0.01}};
    });
  };
  const auto findings = diagnose(outside_until(5), run_of(480));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence,
              HasSubstr("up to 2, 960 times 1/B (B = 480), from step 1 to 5"));
  EXPECT_THAT(diagnose(outside_until(4), run_of(480)), IsEmpty());
  EXPECT_THAT(diagnose(outside_until(40), run_of(32)), IsEmpty()) << "the smaller batch";
  DiagnosedRun scaled = run_of(480);
  scaled.rrc_scaled = true;
  EXPECT_THAT(diagnose(outside_until(40), scaled), IsEmpty());
}

TEST(Diagnosis, AFirstUpdateThatTheBiasCorrectionInflates) {
  const auto first = [](double times) {
    return steps_with([=](int64_t step) -> Values {
      return {{"update_l2.no_decay/model", step == 1 ? times : 1}};
    });
  };
  const auto findings = diagnose(first(10), run_of());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence, HasSubstr("up to 10.0 times as large"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("bias_correction_m = norm_neutral"));
  EXPECT_THAT(diagnose(first(8), run_of()), IsEmpty());
  // The same updates in a decaying schedule are not inflated: they are held against the rate.
  auto decayed = first(1);
  for (RecordedStep& step : decayed) {
    step.lr = step.step == 1 ? 0.1 : 0.01;
    if (step.step == 1) step.values[0].second = 10;
  }
  EXPECT_THAT(diagnose(decayed, run_of()), IsEmpty());
}

TEST(Diagnosis, MomentumThatTakesAwayTheGradient) {
  const auto around = [](double value) {
    return steps_with([=](int64_t step) -> Values {
      return {{"momentum_cancellation/h.1.mlp.in.weight", step % 2 == 0 ? value : value - 0.1}};
    });
  };
  const auto findings = diagnose(around(-2.4), run_of());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence, HasSubstr("In layer 1 mlp_in momentum took away 2.4 times"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("beta = 0.98"));
  EXPECT_THAT(diagnose(around(-0.5), run_of()), IsEmpty()) << "as in the paper";
  const auto once = steps_with([](int64_t step) -> Values {
    return {{"momentum_cancellation/h.1.mlp.in.weight", step == 7 ? -30 : -0.5}};
  });
  EXPECT_THAT(diagnose(once, run_of()), IsEmpty()) << "a nearly zero gradient makes any number";
}

TEST(Diagnosis, UnitsThatDie) {
  const auto steps = steps_with([](int64_t step) -> Values {
    return {{"dead_relu/h.1.mlp.in.weight", step < 20 ? 0.02 : 0.7}};
  });
  const auto findings = diagnose(steps, run_of());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence,
              HasSubstr("70 % of the units of layer 1 mlp_in were off at every position of the "
                        "probe, from step 20 to 40"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("model.mlp = leaky_relu"));
}

TEST(Diagnosis, AGradientThatExplodesBeforeADivergence) {
  const auto steps = steps_with([](int64_t step) -> Values {
    const double norm = step < 38 ? 1 : 50 * static_cast<double>(step);
    return {{"grad_norm/model", norm},
            {"grad_norm/h.0.attn.q.weight", 0.9 * norm},
            {"grad_norm/h.1.mlp.in.weight", 0.1 * norm}};
  });
  EXPECT_THAT(diagnose(steps, run_of()), IsEmpty()) << "a spike that healed";
  DiagnosedRun diverged = run_of();
  diverged.diverged = true;
  const auto findings = diagnose(steps, diverged);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].sentence,
              HasSubstr("reached 2e+03, 2e+03 times its median, from step 38 to 40, most of it in "
                        "layer 0 attention_query"));
}

TEST(Diagnosis, NothingIsSaidOfARunInRangeOrOfNoRecords) {
  const auto steps = steps_with([](int64_t) -> Values {
    return {{"angular_update/h.0.attn.q.weight", 0.1},
            {"equilibrium.ratio/h.0.attn.q.weight", 20},
            {"rrc.train/h.0.attn.q.weight", 0.3},
            {"snr/model", 0.5},
            {"momentum_cancellation/h.0.attn.q.weight", -0.5},
            {"dead_relu/h.1.mlp.in.weight", 0.1},
            {"update_l2.no_decay/model", 1},
            {"grad_norm/model", 1}};
  });
  DiagnosedRun run = run_of();
  run.diverged = true;
  EXPECT_THAT(diagnose(steps, run), IsEmpty());
  EXPECT_THAT(diagnose({}, run), IsEmpty());
  EXPECT_EQ(diagnosis_text({}), "");
}

TEST(Diagnosis, TheTextIsTheFirstTwoSentencesInTheOrderOfTheTable) {
  const auto steps = steps_with([](int64_t) -> Values {
    return {{"dead_relu/h.1.mlp.in.weight", 1},
            {"rrc.train/h.1.mlp.in.weight", 9},
            {"angular_update/h.1.mlp.in.weight", 1}};
  });
  const auto findings = diagnose(steps, run_of());
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_EQ(diagnosis_text(findings), findings[0].sentence + " " + findings[1].sentence);
  EXPECT_EQ(findings[0].measure, "angular_update");
  EXPECT_EQ(findings[1].measure, "rrc.train");
}

TEST(Diagnosis, TheTableNamesMeasuresThatAreRecorded) {
  const std::string table = expected_ranges_table();
  for (const char* measure : {"angular_update", "rrc.train", "snr", "update_l2.no_decay",
                              "momentum_cancellation", "dead_relu", "grad_norm"})
    EXPECT_THAT(table, HasSubstr("| `" + std::string(measure) + "` |"));
  EXPECT_THAT(table, Not(HasSubstr("||")));
}

}  // namespace
}  // namespace coldstart::metrics
