#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/metrics/formulas.h"
#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

// One sequence a micro-batch, so that the estimator's numbers can be taken from the gradients.
class SnrMeasures : public testing::Test {
 protected:
  SnrMeasures() {
    const Arena sum = gpt_.params().make_companion();
    const Tensor total = sum.flat(DType::f32), fresh = gpt_.params().grads();
    for (int64_t k = 0; k < 3; ++k) {
      gpt_.forward_backward(run_.kernels(), probe_.batch(k), 1.0 / 18);
      for (size_t i = 0; i < gpt_.params().size(); ++i)
        micro_sq_[i] += 3 * run_.kernels().sum_squares(gpt_.params()[i].grad);
      if (k < 2) run_.kernels().add(total, fresh);
      estimator_.add_micro(run_.kernels(), fresh, total);
    }
    run_.kernels().add(fresh, total);
    estimator_.finish_step(run_.kernels(), fresh);
    for (size_t i = 0; i < gpt_.params().size(); ++i)
      whole_sq_[i] = run_.kernels().sum_squares(gpt_.params()[i].grad);
  }

  std::vector<NamedValue> values(const MetricInfo& info) {
    const auto metric = info.make({.layout = layout_, .snr = &estimator_});
    sink_.begin(info.name, all_levels());
    metric->after_update({.step = 1,
                          .lr = 1,
                          .model = gpt_,
                          .kernels = run_.kernels(),
                          .measured = run_.measured,
                          .report = run_.report},
                         sink_);
    return sink_.take();
  }
  double expected(const std::vector<size_t>& params) const {
    double signal = 0, noise = 0;
    for (const size_t i : params) {
      signal += (3 * whole_sq_[i] - micro_sq_[i]) / 2;
      noise += (micro_sq_[i] - whole_sq_[i]) / (1 - 1.0 / 3);
    }
    return std::max(signal, 0.0) / noise;
  }

  SmallRun run_{small_gpt_config()};
  model::Gpt& gpt_ = run_.gpt;
  const Layout layout_{gpt_.params(), 100};
  const Probe probe_ = random_probe(gpt_.config(), 3, 1);
  SnrEstimator estimator_{gpt_.params(), {.micro_batches = 3, .batch = 3}};
  MetricSink sink_{layout_};
  std::vector<double> micro_sq_ = std::vector<double>(gpt_.params().size());
  std::vector<double> whole_sq_ = micro_sq_;
};

TEST_F(SnrMeasures, ComeFromTheGradientsOfTheBatch) {
  const auto found = values(snr_metric());
  EXPECT_NEAR(value_of(found, "snr/model").value(), expected(layout_.model.params), 1e-5);
  const auto q = static_cast<size_t>(gpt_.params().index_of("h.0.attn.q.weight"));
  EXPECT_NEAR(value_of(found, "snr/h.0.attn.q.weight").value(), expected({q}), 1e-5);
  for (const Group& role : layout_.roles)
    EXPECT_NEAR(value_of(found, "snr/" + role.where).value(), expected(role.params), 1e-4)
        << role.where;
}

TEST_F(SnrMeasures, TheCriticalBatchIsTheInverse) {
  const auto found = values(critical_batch_metric());
  const double phi = expected(layout_.model.params);
  ASSERT_GT(phi, 0);
  EXPECT_NEAR(value_of(found, "critical_batch/model").value(), 1 / phi, 1e-3 / phi);
}

TEST_F(SnrMeasures, NothingBeforeTheFirstEstimate) {
  SnrEstimator fresh(gpt_.params(), {.micro_batches = 2, .batch = 2});
  const auto metric = snr_metric().make({.layout = layout_, .snr = &fresh});
  sink_.begin("snr", all_levels());
  metric->after_update({.step = 1,
                        .lr = 1,
                        .model = gpt_,
                        .kernels = run_.kernels(),
                        .measured = run_.measured,
                        .report = run_.report},
                       sink_);
  EXPECT_TRUE(sink_.take().empty());
}

}  // namespace
}  // namespace coldstart::metrics
