// Cosines and sines of the rotary position embedding, computed once in double and kept.
//
//   cosines(position)[i] = cos(position theta^(-2i/hs)),  i < hs/2; sines alike
#pragma once

#include <cstdint>
#include <vector>

namespace coldstart::kernels::cpu {

class RopeTable {
 public:
  // Makes the table hold positions [0, positions) for this theta and head size; grows by doubling.
  void prepare(double theta, int64_t head_size, int64_t positions);
  const float* cosines(int64_t position) const { return cosines_.data() + position * half_; }
  const float* sines(int64_t position) const { return sines_.data() + position * half_; }

 private:
  double theta_ = 0;
  int64_t half_ = 0;
  int64_t positions_ = 0;
  std::vector<float> cosines_, sines_;
};

}  // namespace coldstart::kernels::cpu
