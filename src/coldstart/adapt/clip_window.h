// What clipping remembers of past steps: their gradient norms, and whether they were clipped.
//
// Both are windows of the newest steps, kept in checkpoints, so that a resumed run decides alike.
// Test: tests/adapt/clip_window_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coldstart::adapt {

// Percentile `percent` of values, interpolated linearly between two of them: that of the values
// 1..11 at 90 is 10. values: at least one; their order is lost.
double percentile_of(std::vector<double>& values, double percent);

class NormWindow {
 public:
  // Below so many norms a percentile says nothing yet.
  static constexpr int64_t kFewest = 10;

  explicit NormWindow(int64_t capacity);

  void add(double norm);
  std::optional<double> percentile(double percent);

  std::vector<double> oldest_first() const;
  void restore(const std::vector<double>& oldest_first);  // the newest that fit

 private:
  size_t capacity_;
  size_t next_ = 0;  // where the oldest stands, once it is full
  std::vector<double> norms_, sorted_;
};

// Of the last kSteps steps.
class ClippedShare {
 public:
  static constexpr size_t kSteps = 100;

  void add(bool clipped);
  double share() const;  // 0 before the first step
  bool is_full() const { return steps_.size() == kSteps; }

  const std::string& text() const { return steps_; }  // "0110...", oldest first
  void restore(const std::string& text) { steps_ = text; }

 private:
  std::string steps_;
};

}  // namespace coldstart::adapt
