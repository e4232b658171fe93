#include "coldstart/adapt/rrc_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/train/small_run.h"

namespace coldstart::adapt {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// A matrix of two rows and a gain, with two micro-batches of one sample.
class Control : public testing::Test {
 protected:
  // Gradients of the two samples: w(0), w(1), gain.
  void step(metrics::SnrEstimator& estimator, std::vector<float> a, std::vector<float> b) {
    const ParamList& p = params_;
    const Tensor micro = micro_.flat(DType::f32), sum = sum_.flat(DType::f32);
    const auto put = [&](const Arena& arena, const std::vector<float>& g) {
      for (size_t r = 0; r < 2; ++r) p.slice(arena, p[0]).f32()[r] = g[r] / 2;
      p.slice(arena, p[1]).f32()[0] = g[2] / 2;
    };
    put(micro_, a);
    estimator.add_micro(*kernels_, micro, micro);
    put(micro_, b);
    estimator.add_micro(*kernels_, micro, sum);
    for (size_t i = 0; i < 3; ++i) a[i] += b[i];
    put(sum_, a);
    estimator.finish_step(*kernels_, sum);
  }
  metrics::SnrEstimator estimator(bool per_row = false) {
    return {params_, {.per_row = per_row, .micro_batches = 2, .batch = 2}};
  }

  const ParamList params_{{{"w", Role::mlp_in, 0, 2, 1}, {"gain", Role::norm_gain, -1, 0, 1}},
                          DType::f32};
  const Arena micro_ = params_.make_companion(), sum_ = params_.make_companion();
  const std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  const RrcOptions exact_{.rrc_scaling = optim::RrcForm::exact};
};

double exact(double phi) { return std::sqrt((1 + phi) / (1 + 2 * phi)); }

TEST_F(Control, EveryMatrixHasItsOwnFactorAndGainsHaveNone) {
  auto e = estimator();
  step(e, {1, 0, 5}, {3, 0, 5});  // phi of w: 3 / 2; the gain's gradients agree
  RrcControl control(exact_, params_, 2);
  control.update(e);
  ASSERT_THAT(control.param_scale(), SizeIs(2));
  EXPECT_TRUE(control.row_scale().empty());
  EXPECT_NEAR(control.param_scale()[0], exact(1.5), 1e-6);
  EXPECT_EQ(control.param_scale()[1], 1);
}

TEST_F(Control, GainsTooWhenAskedFor) {
  auto e = estimator();
  step(e, {1, 0, 5}, {3, 0, 5});
  RrcOptions options = exact_;
  options.rrc_scale_1d = true;
  RrcControl control(options, params_, 2);
  control.update(e);
  EXPECT_NEAR(control.param_scale()[1], 1 / std::sqrt(2.0), 1e-6) << "all signal, no noise";
}

TEST_F(Control, GlobalScopeAddsUp) {
  auto e = estimator();
  step(e, {1, 0, 0}, {3, 0, 0});
  RrcOptions options = exact_;
  options.snr_scope = SnrScope::global;
  RrcControl control(options, params_, 2);
  control.update(e);
  EXPECT_NEAR(control.param_scale()[0], exact(1.5), 1e-6);
}

TEST_F(Control, RowScopeGivesOneFactorARow) {
  auto e = estimator(true);
  step(e, {1, 1, 5}, {3, -1, 5});
  RrcOptions options = exact_;
  options.snr_scope = SnrScope::row;
  RrcControl control(options, params_, 2);
  control.update(e);
  ASSERT_THAT(control.row_scale(), SizeIs(3));
  EXPECT_TRUE(control.param_scale().empty());
  EXPECT_NEAR(control.row_scale()[0], exact(1.5), 1e-6);
  EXPECT_EQ(control.row_scale()[1], 1) << "all noise";
  EXPECT_EQ(control.row_scale()[2], 1) << "a gain";
}

TEST_F(Control, NoGradientIsNoReasonToSlowDown) {
  auto e = estimator();
  step(e, {0, 0, 0}, {0, 0, 0});
  RrcControl control(exact_, params_, 2);
  control.update(e);
  EXPECT_EQ(control.param_scale()[0], 1);
}

TEST_F(Control, TheSmallestFactorHolds) {
  auto e = estimator();
  step(e, {1, 1, 1}, {1, 1, 1});
  RrcOptions options = exact_;
  options.rrc_scaling = optim::RrcForm::simple;
  options.rrc_min = 0.125;
  RrcControl control(options, params_, 2);
  control.update(e);
  EXPECT_EQ(control.param_scale()[0], 0.125);
}

TEST_F(Control, AReferenceRunMovesTheFactorOfOne) {
  const data::TempDir temp;
  make_directories(temp / "run");
  write_file_atomic(temp / "run/metrics.jsonl",
                    "{\"type\":\"metrics\",\"step\":1,\"snr/w\":9,\"snr/gain\":9}\n"
                    "{\"type\":\"metrics\",\"step\":5,\"snr/w\":0.5,\"snr/gain\":0}\n");
  RrcOptions options = exact_;
  options.rrc_reference = RrcReference::run;
  options.rrc_reference_run = (temp / "run").string();
  auto e = estimator();
  step(e, {1, 0, 5}, {3, 0, 5});
  RrcControl control(options, params_, 2);
  control.update(e);
  EXPECT_NEAR(control.param_scale()[0], exact(1.5) / exact(0.5), 1e-6);
  step(e, {9, -9, 5}, {-9, 9, 5});  // now less signal than the reference
  for (int i = 0; i < 50; ++i) step(e, {9, -9, 5}, {-9, 9, 5});
  control.update(e);
  EXPECT_EQ(control.param_scale()[0], 1) << "never above";

  options.snr_scope = SnrScope::global;
  EXPECT_THROW(RrcControl(options, params_, 2), ConfigError) << "no snr/model in it";
  options.rrc_reference_run = (temp / "none").string();
  EXPECT_THROW(RrcControl(options, params_, 2), ConfigError);
}

// ---- in a run

TEST(RrcRuns, ABatchIsSplitWhenItMustBe) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "run");
  config.rrc.rrc_scaling = optim::RrcForm::exact;
  const train::ResolvedConfig resolved = train::resolve(config, 256);
  EXPECT_EQ(resolved.config.train.micro_batch, 2);
  EXPECT_EQ(resolved.grad_accum, 2);
  EXPECT_THAT(resolved.reasons, testing::Contains(HasSubstr("is split in 2")));
  config.train.batch_tokens = 16;
  try {
    train::resolve(config, 256);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), HasSubstr("needs two sequences a step"));
    EXPECT_THAT(error.message(), HasSubstr("train.batch_tokens = 32"));
  }
  config.train.batch_tokens = 48;
  config.rrc.snr_estimator = metrics::SnrMethod::half_batch;
  EXPECT_THROW(train::resolve(config, 256), ConfigError) << "three micro-batches have no halves";
}

TEST(RrcRuns, ReferenceOptionsGoTogether) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "run");
  config.rrc.rrc_reference = RrcReference::run;
  EXPECT_THROW(train::resolve(config, 256), ConfigError);
  config.rrc.rrc_reference = RrcReference::noise_limit;
  config.rrc.rrc_reference_run = "somewhere";
  EXPECT_THROW(train::resolve(config, 256), ConfigError);
}

// Early gradients agree, so the updates of a controlled run are smaller than claimed without.
TEST(RrcRuns, TheFactorReachesTheUpdate) {
  const data::TempDir temp;
  train::RunConfig config = train::small_config(temp / "free", 3);
  config.data.path = "builtin:stories";
  config.train.batch_tokens = 256;
  config.metrics.measure = "update_l2,snr";
  config.metrics.granularity = "model,tensor";
  train::run_small(config);
  config.train.out = (temp / "controlled").string();
  config.rrc.rrc_scaling = optim::RrcForm::exact;
  train::run_small(config);
  const auto free = train::metrics_of(temp / "free", "metrics"),
             controlled = train::metrics_of(temp / "controlled", "metrics");
  const std::string update = "update_l2.no_decay/h.0.attn.q.weight";
  const double phi = free[0].number("snr/h.0.attn.q.weight").value();
  const double factor = std::sqrt((1 + phi) / (1 + 16 * phi));
  EXPECT_LT(factor, 0.9);
  EXPECT_NEAR(controlled[0].number(update).value() / free[0].number(update).value(), factor, 1e-4);
}

}  // namespace
}  // namespace coldstart::adapt
