// The classifier on curves whose truth is known (section 10 of the design): right or AMBIGUOUS in
// at least 95 % of the studies, confidently wrong in at most 2 %, at three noise levels and three
// schedules. 1,000 studies a cell take eight minutes; the test takes COLDSTART_STUDIES (20
// when that is not set), and counts over all cells of a kind.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "coldstart/plan/classify.h"
#include "coldstart/plan/overfitting.h"
#include "tests/plan/synthetic_curves.h"

namespace coldstart::plan {
namespace {

struct Counts {
  int right = 0, ambiguous = 0, wrong = 0;
  int all() const { return right + ambiguous + wrong; }
};

int studies_per_cell() {
  const char* text = std::getenv("COLDSTART_STUDIES");
  return text ? std::max(1, std::atoi(text)) : 20;
}

Workload label_of(const SyntheticOptions& options) {
  const Study study = synthetic_study(options);
  const double sigma = options.noise * study.trials[0].evals.val.back();
  std::vector<TrialFindings> findings;
  for (const Trial& t : study.trials) {
    const auto found = detect_overfitting(t, sigma);
    findings.push_back({.overfitting = found && found->overfits});
  }
  return classify_study(study, findings, {.sigma = sigma}).label;
}

Counts count(Truth truth, Workload right) {
  Counts total;
  struct Case {
    double share;
    schedule::DecayShape shape;
  };
  using schedule::DecayShape;
  const std::array cases = {Case{0.2, DecayShape::linear}, Case{0, DecayShape::linear},
                            Case{1, DecayShape::cosine}};
  const int n = studies_per_cell();
  for (const Case& c : cases) {
    for (const double noise : {0.001, 0.003, 0.01}) {
      Counts cell;
      for (int i = 0; i < n; ++i) {
        const Workload label = label_of({.truth = truth,
                                         .noise = noise,
                                         .seed = static_cast<uint64_t>(i + 1),
                                         .spikes = true,
                                         .decay = c.shape,
                                         .decay_share = c.share});
        ++(label == right                 ? cell.right
           : label == Workload::ambiguous ? cell.ambiguous
                                          : cell.wrong);
      }
      fmt::print(
          "{:<14} {:<7} decay {:<4} noise {:<6} right {:5.1f} %  ambiguous {:5.1f} %  wrong "
          "{:4.1f} %\n",
          enum_name(right), enum_name(c.shape), c.share, noise, 100.0 * cell.right / n,
          100.0 * cell.ambiguous / n, 100.0 * cell.wrong / n);
      total.right += cell.right;
      total.ambiguous += cell.ambiguous;
      total.wrong += cell.wrong;
    }
  }
  return total;
}

void check(const Counts& c) {
  EXPECT_GE(c.right + c.ambiguous, 0.95 * c.all());
  EXPECT_LE(c.wrong, 0.02 * c.all());
  EXPECT_GE(c.right, 0.3 * c.all()) << "a classifier that never decides is of no use";
}

TEST(SlowConfusion, ComputeBound) { check(count(Truth::compute_bound, Workload::compute_bound)); }
TEST(SlowConfusion, Saturated) { check(count(Truth::saturated, Workload::saturated)); }
TEST(SlowConfusion, Overfitting) { check(count(Truth::overfitting, Workload::overfitting)); }

}  // namespace
}  // namespace coldstart::plan
