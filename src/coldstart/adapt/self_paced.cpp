#include "coldstart/adapt/self_paced.h"

#include <algorithm>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"
#include "coldstart/data/windows.h"

namespace coldstart::adapt {

void SelfPaced::begin_step(double share) {
  share_ = share;
  step_.clear();
  counted_ = 0;
  threshold_ = std::numeric_limits<double>::infinity();
  if (!chooses()) state_ = {};  // nothing asks for it any more
  if (state_.deviations.empty()) return;
  std::vector<double> sorted = state_.deviations;
  std::sort(sorted.begin(), sorted.end());
  threshold_ = state_.mean + quantile(sorted, share);
}

std::span<const int32_t> SelfPaced::choose(Tensor losses, std::span<const int32_t> targets,
                                           int64_t B, bool last) {
  const int64_t T = div_exact(losses.size(), B);
  targets_.assign(targets.begin(), targets.end());
  const size_t first = step_.size();
  for (int64_t b = 0; b < B; ++b) {
    double sum = 0;
    for (int64_t t = 0; t < T; ++t) sum += losses.at(b * T + t);
    step_.push_back(sum / static_cast<double>(T));
  }
  const auto micro = std::span(step_).subspan(first);
  const int64_t counted =
      std::ranges::count_if(micro, [&](double loss) { return loss < threshold_; });
  const bool rescue = last && counted_ + counted == 0;
  const auto easiest = std::ranges::min_element(micro) - micro.begin();
  for (int64_t b = 0; b < B; ++b) {
    if (rescue ? b == easiest : micro[static_cast<size_t>(b)] < threshold_) continue;
    std::fill_n(targets_.begin() + b * T, T, data::kNoTarget);
  }
  counted_ += rescue ? 1 : counted;
  if (last) end_step();
  return targets_;
}

void SelfPaced::end_step() {
  double sum = 0;
  for (const double loss : step_) sum += loss;
  state_.mean = sum / static_cast<double>(step_.size());
  std::vector<double>& all = state_.deviations;
  for (const double loss : step_) all.push_back(loss - state_.mean);
  if (const auto more = std::ssize(all) - window_; more > 0)
    all.erase(all.begin(), all.begin() + more);
}

double SelfPaced::counted_share() const {
  return step_.empty() ? 1 : static_cast<double>(counted_) / static_cast<double>(step_.size());
}

}  // namespace coldstart::adapt
