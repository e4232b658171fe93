#include "coldstart/adapt/batch_control.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "coldstart/core/error.h"

namespace coldstart::adapt {

BatchControl::BatchControl(BatchPlan plan, const BatchOptions& options, int64_t T, int64_t total)
    : plan_(std::move(plan)), options_(options), T_(T), total_(total) {
  if (measured()) state_.sequences = plan_.start;
}

int64_t BatchControl::position(int64_t step, int64_t tokens) const {
  return plan_.kind == BatchWarmup::none ? step : tokens / (plan_.shape.full * T_);
}

int64_t BatchControl::steps_in_all(int64_t step, int64_t tokens) const {
  if (!measured()) return plan_.steps_for(total_);
  const int64_t left = total_ * plan_.shape.full * T_ - tokens;
  return step + (left > 0 ? div_up(left, state_.sequences * T_) : 0);
}

StepBatch BatchControl::next(int64_t step, int64_t tokens) const {
  const BatchShape& shape = plan_.shape;
  if (plan_.kind == BatchWarmup::none) return {shape.full, shape.full / shape.micro, shape.micro};
  const int64_t planned = measured() ? state_.sequences : plan_.sequences(step);
  const int64_t left = div_up(total_ * shape.full * T_ - tokens, T_);
  return split_batch(std::min(planned, left), shape);
}

double BatchControl::rate_factor(const StepBatch& batch, std::optional<double> critical) const {
  const auto b = static_cast<double>(batch.sequences), B = static_cast<double>(plan_.shape.full);
  if (plan_.kind == BatchWarmup::none || options_.batch_warmup_lr == BatchRate::keep || b == B)
    return 1;
  const bool measures = options_.batch_warmup_lr == BatchRate::rrc && critical;
  const double phi = measures ? 1 / *critical : 0;
  return std::sqrt((phi + 1 / B) / (phi + 1 / b));
}

std::optional<std::string> BatchControl::observe(std::optional<double> critical) {
  if (!measured() || !critical || state_.sequences >= plan_.shape.full) return std::nullopt;
  const int64_t now = state_.sequences, full = plan_.shape.full;
  const double aim = std::min(options_.batch_warmup_factor * *critical, static_cast<double>(full));
  const int64_t larger = batch_up_to(static_cast<int64_t>(aim), plan_.shape);
  state_.steps_above = larger > now ? state_.steps_above + 1 : 0;
  if (state_.steps_above < options_.batch_warmup_patience) return std::nullopt;
  state_ = {.sequences = std::max(now + 1, std::min(larger, batch_up_to(2 * now, plan_.shape))),
            .steps_above = 0};
  return fmt::format("the batch grows from {} to {} tokens: the critical batch is {:.4g}", now * T_,
                     state_.sequences * T_, *critical * static_cast<double>(T_));
}

void BatchControl::restore(const State& state) {
  if (!measured() || state.sequences == 0) return;
  state_ = state;
  state_.sequences = std::clamp(state.sequences, plan_.start, plan_.shape.full);
}

}  // namespace coldstart::adapt
