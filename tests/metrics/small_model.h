// Parameters and sums to measure, made by hand or drawn at random.
#pragma once

#include <cmath>
#include <vector>

#include "coldstart/core/random.h"
#include "coldstart/metrics/measured.h"
#include "coldstart/tensor/param.h"

namespace coldstart::metrics {

// Query, key and value in one block of memory, an output projection and a gain.
inline ParamList attention_params(int64_t C = 4) {
  return ParamList({{"h.0.attn.q.weight", Role::attention_query, 0, C, C},
                    {"h.0.attn.k.weight", Role::attention_key, 0, C, C, true},
                    {"h.0.attn.v.weight", Role::attention_value, 0, C, C, true},
                    {"h.1.attn.q.weight", Role::attention_query, 1, C, C},
                    {"norm_f.gain", Role::norm_gain, -1, 0, C}},
                   DType::f32);
}

// What the update's pass would have summed: from weights, change, gradient, momentum, direction.
struct Step {
  std::vector<double> w, dw, g, m, u;
  kernels::UpdateSums sums() const {
    kernels::UpdateSums s;
    for (size_t i = 0; i < w.size(); ++i) {
      s.grad_sq += g[i] * g[i];
      s.weight_sq += w[i] * w[i];
      s.delta_sq += dw[i] * dw[i];
      s.weight_delta += w[i] * dw[i];
      s.momentum_sq += m[i] * m[i];
      s.grad_momentum += g[i] * m[i];
      s.grad_weight += g[i] * w[i];
      s.direction_sq += u[i] * u[i];
      s.zero_steps += u[i] == 0 ? 1 : 0;
    }
    return s;
  }
};

inline Step random_step(uint32_t index, size_t size, double dw_scale = 0.1) {
  Step step;
  uint64_t k = 0;
  for (auto* v : {&step.w, &step.dw, &step.g, &step.m, &step.u}) {
    const Rng rng(7, Stream::test, index);
    for (size_t i = 0; i < size; ++i) v->push_back(rng.normal(k++));
  }
  for (double& x : step.dw) x *= dw_scale;
  return step;
}

// A report of random rows: rows_of[param][row] is what row holds.
struct RandomReport {
  explicit RandomReport(const ParamList& params) : report(params) {
    uint32_t index = 0;
    for (size_t i = 0; i < params.size(); ++i) {
      std::vector<Step>& of = rows_of.emplace_back();
      for (kernels::UpdateSums& row : report.rows(i)) {
        of.push_back(random_step(index++, static_cast<size_t>(params[i].cols())));
        row = of.back().sums();
      }
      report[i].has_momentum = true;
      report[i].momentum_decay = 0.9;
      report[i].step_size = 0.01;
    }
  }
  optim::StepReport report;
  std::vector<std::vector<Step>> rows_of;
};

}  // namespace coldstart::metrics
