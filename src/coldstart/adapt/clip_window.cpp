#include "coldstart/adapt/clip_window.h"

#include <algorithm>

#include "coldstart/core/quantile.h"

namespace coldstart::adapt {

double percentile_of(std::vector<double>& values, double percent) {
  std::sort(values.begin(), values.end());
  return quantile(values, percent / 100);
}

NormWindow::NormWindow(int64_t capacity) : capacity_(static_cast<size_t>(capacity)) {
  norms_.reserve(capacity_);
  sorted_.reserve(capacity_);
}

void NormWindow::add(double norm) {
  if (norms_.size() < capacity_) {
    norms_.push_back(norm);
    return;
  }
  norms_[next_] = norm;
  next_ = (next_ + 1) % capacity_;
}

std::optional<double> NormWindow::percentile(double percent) {
  if (std::ssize(norms_) < kFewest) return std::nullopt;
  sorted_ = norms_;
  return percentile_of(sorted_, percent);
}

std::vector<double> NormWindow::oldest_first() const {
  std::vector<double> norms = norms_;
  std::rotate(norms.begin(), norms.begin() + static_cast<std::ptrdiff_t>(next_), norms.end());
  return norms;
}

void NormWindow::restore(const std::vector<double>& oldest_first) {
  norms_.clear();
  next_ = 0;
  const size_t skipped = oldest_first.size() - std::min(capacity_, oldest_first.size());
  for (size_t i = skipped; i < oldest_first.size(); ++i) norms_.push_back(oldest_first[i]);
}

void ClippedShare::add(bool clipped) {
  steps_.reserve(kSteps);  // in the first step, and never again
  if (is_full()) steps_.erase(0, 1);
  steps_.push_back(clipped ? '1' : '0');
}

double ClippedShare::share() const {
  if (steps_.empty()) return 0;
  return static_cast<double>(std::ranges::count(steps_, '1')) / static_cast<double>(steps_.size());
}

}  // namespace coldstart::adapt
