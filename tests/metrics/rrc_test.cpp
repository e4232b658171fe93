#include "coldstart/metrics/rrc.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/metrics/small_gpt.h"

namespace coldstart::metrics {
namespace {

struct Matrix {
  int64_t rows = 0, cols = 0;
  std::vector<double> values;
  explicit Matrix(Tensor t) : rows(t.rows()), cols(t.cols()) {
    for (int64_t i = 0; i < t.size(); ++i) values.push_back(t.at(i));
  }
  double norm() const {
    double sum = 0;
    for (const double x : values) sum += x * x;
    return std::sqrt(sum);
  }
};

// |x w^T|_F
double product_norm(const Matrix& x, const Matrix& w) {
  double sum = 0;
  for (int64_t n = 0; n < x.rows; ++n) {
    for (int64_t k = 0; k < w.rows; ++k) {
      double y = 0;
      for (int64_t c = 0; c < x.cols; ++c)
        y += x.values[static_cast<size_t>(n * x.cols + c)] *
             w.values[static_cast<size_t>(k * w.cols + c)];
      sum += y * y;
    }
  }
  return std::sqrt(sum);
}

// What a layer reads in a forward pass, by hand.
Matrix input_of(SmallRun& run, const char* first) {
  std::optional<Matrix> input;
  run.gpt.visit_linears(run.kernels(), [&](const model::LinearSite& site) {
    if (run.gpt.params()[site.first_param].name == first) input.emplace(site.input);
  });
  return *input;
}

class RepresentationChange : public testing::TestWithParam<bool> {
 protected:
  RepresentationChange() {
    model::GptConfig config = small_gpt_config();
    config.recompute = GetParam();
    run_.emplace(config);
    probe_ = random_probe(config, 3, 3, 9);
    layout_.emplace(run_->gpt.params(), 100);
    sink_.emplace(*layout_);
    metric_.emplace(*layout_, probe_);
  }

  std::optional<SmallRun> run_;
  Probe probe_;
  std::optional<Layout> layout_;
  std::optional<MetricSink> sink_;
  std::optional<Rrc> metric_;
};

TEST_P(RepresentationChange, IsWhatItsDefinitionSays) {
  const ParamList& params = run_->gpt.params();
  const Matrix before(params.named("h.1.attn.k.weight").weight);
  run_->gpt.forward(run_->kernels(), run_->data.batch(0));
  const Matrix x_train = input_of(*run_, "h.1.attn.q.weight");
  run_->gpt.forward(run_->kernels(), probe_.batch(0));
  const Matrix x_probe = input_of(*run_, "h.1.attn.q.weight");

  sink_->begin("rrc", all_levels());
  run_->step(*metric_, *sink_);
  const auto values = sink_->take();
  const Matrix after(params.named("h.1.attn.k.weight").weight);
  Matrix change = after;
  for (size_t i = 0; i < change.values.size(); ++i) change.values[i] -= before.values[i];
  const auto expect = [&](const char* name, double expected) {
    EXPECT_NEAR(value_of(values, std::string(name) + "/h.1.attn.k.weight").value() / expected, 1,
                1e-4)
        << name;
  };
  expect("rrc.train", product_norm(x_train, change) / product_norm(x_train, before));
  expect("rrc.probe", product_norm(x_probe, change) / product_norm(x_probe, before));
  expect("rrc.update_alignment_train",
         product_norm(x_train, change) / change.norm() / x_train.norm());
  expect("rrc.update_alignment_probe",
         product_norm(x_probe, change) / change.norm() / x_probe.norm());
  expect("rrc.weight_alignment_train",
         product_norm(x_train, before) / before.norm() / x_train.norm());
  expect("rrc.weight_alignment_probe",
         product_norm(x_probe, before) / before.norm() / x_probe.norm());
}

// rrc = (update alignment / weight alignment) |dW| / |W|: by how much outputs change more than
// weights is a matter of what the update looks at. (Kosson et al., arXiv 2510.19093.)
TEST_P(RepresentationChange, IsTheRatioOfAlignmentsTimesThatOfNorms) {
  sink_->begin("rrc", all_levels());
  run_->step(*metric_, *sink_);
  const auto values = sink_->take();
  int64_t layers = 0;
  for (size_t i = 0; i < run_->gpt.params().size(); ++i) {
    const std::string name = run_->gpt.params()[i].name;
    const kernels::UpdateSums& sums = run_->measured.tensor(i).sums;
    for (const std::string batch : {"train", "probe"}) {
      const auto get = [&](const std::string& part) {
        return value_of(values, fmt::format("rrc.{}/{}", part, name));
      };
      if (!get(batch)) continue;
      ++layers;
      EXPECT_NEAR(get(batch).value() * get("weight_alignment_" + batch).value() /
                      get("update_alignment_" + batch).value() /
                      std::sqrt(sums.delta_sq / sums.weight_sq),
                  1, 1e-3)
          << name << " " << batch;
    }
  }
  EXPECT_EQ(layers, 2 * (2 * 6 + 1)) << "six matrices a layer and the head, on both batches";
}

TEST_P(RepresentationChange, OfTheLogitsIsAMeanOverPositions) {
  const auto logits = [&] {
    std::vector<float> z(static_cast<size_t>(probe_.tokens.size()) * 11);
    run_->gpt.logits(run_->kernels(), probe_.batch(0),
                     Tensor(z.data(), DType::f32, {std::ssize(probe_.tokens), 11}));
    return z;
  };
  const std::vector<float> before = logits();
  sink_->begin("rrc", all_levels());
  run_->step(*metric_, *sink_);
  const double measured = value_of(sink_->take(), "rrc.logits/model").value();
  const std::vector<float> after = logits();
  double sum = 0;
  for (size_t n = 0; n < probe_.tokens.size(); ++n) {
    double change = 0, norm = 0;
    for (size_t k = 11 * n; k < 11 * n + 11; ++k) {
      change += std::pow(double{after[k]} - double{before[k]}, 2);
      norm += std::pow(double{before[k]}, 2);
    }
    sum += std::sqrt(change / norm);
  }
  EXPECT_NEAR(measured / (sum / static_cast<double>(probe_.tokens.size())), 1, 1e-3);
}

// It puts the old weights back to look, and the new ones again before it leaves.
TEST_P(RepresentationChange, LeavesTheWeightsAsTheUpdateMadeThem) {
  class Nothing : public Metric {};
  Nothing nothing;
  model::GptConfig config = small_gpt_config();
  config.recompute = GetParam();
  SmallRun other(config);
  for (int step = 0; step < 3; ++step) {
    sink_->begin("rrc", all_levels());
    run_->step(*metric_, *sink_);
    other.step(nothing, *sink_);
  }
  const Tensor a = run_->gpt.params().weights(), b = other.gpt.params().weights();
  EXPECT_EQ(std::memcmp(a.raw(), b.raw(), static_cast<size_t>(a.bytes())), 0);
}

TEST_P(RepresentationChange, QueriesKeysAndValuesStandApart) {
  sink_->begin("rrc", all_levels());
  run_->step(*metric_, *sink_);
  const auto values = sink_->take();
  const double q = value_of(values, "rrc.train/h.0.attn.q.weight").value(),
               k = value_of(values, "rrc.train/h.0.attn.k.weight").value(),
               v = value_of(values, "rrc.train/h.0.attn.v.weight").value();
  EXPECT_NE(q, k);
  EXPECT_NE(k, v);
  EXPECT_TRUE(value_of(values, "rrc.train/token_embedding.weight")) << "the tied head";
  EXPECT_FALSE(value_of(values, "rrc.train/position_embedding.weight"));
}

INSTANTIATE_TEST_SUITE_P(Recompute, RepresentationChange, testing::Bool());

}  // namespace
}  // namespace coldstart::metrics
