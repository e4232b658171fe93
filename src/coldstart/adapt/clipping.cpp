#include "coldstart/adapt/clipping.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::adapt {

double clip_factor(double grad_norm, double limit) {
  return limit > 0 && grad_norm > limit ? limit / grad_norm : 1;
}

Clipper::Clipper(const ClipOptions& options, double norm_limit, const ParamList& params,
                 bool sign_steps)
    : options_(options), norm_limit_(norm_limit), sign_steps_(sign_steps) {
  if (options.rule == ClipRule::percentile) norms_.emplace(options.window);
  if (options.rule == ClipRule::rows) rows_.emplace(params, options.row_ratio);
  if (options.rule == ClipRule::update) update_.emplace(params, options.angle);
}

double Clipper::scale(double grad_norm) {
  grad_norm_ = grad_norm;
  factor_ = 1;
  if (options_.rule == ClipRule::norm) factor_ = clip_factor(grad_norm, norm_limit_);
  if (norms_) {
    factor_ = clip_factor(grad_norm, norms_->percentile(options_.percentile).value_or(0));
    if (std::isfinite(grad_norm)) norms_->add(grad_norm);
  }
  clipped_ = factor_ < 1 ? 1 : 0;
  return factor_;
}

void Clipper::begin_update(ParamList& params, kernels::Kernels& kernels) {
  if (update_) update_->before(params);
  if (options_.rule == ClipRule::value)
    clipped_ =
        clip_values(params.grads(), options_.value) / static_cast<double>(params.element_count());
  if (rows_) clipped_ = rows_->clip(params, kernels);
  if ((rows_ || options_.rule == ClipRule::value) && clipped_ > 0)
    factor_ = std::sqrt(kernels.sum_squares(params.grads())) / grad_norm_;
}

void Clipper::end_update(ParamList& params, optim::StepReport& report) {
  if (update_) {
    const double whole = report.total().delta_sq;
    clipped_ = update_->after(params, report);
    if (clipped_ > 0) factor_ = std::sqrt(report.total().delta_sq / whole);
  }
  recent_.add(clipped_ > 0);
}

std::optional<std::string> Clipper::warning() {
  constexpr double kMost = 0.5;  // tuning playbook: more is extreme
  if (warned_ || !recent_.is_full() || recent_.share() <= kMost) return std::nullopt;
  warned_ = true;
  // What bounds the update itself bounds that of signs as well.
  const bool means_little = sign_steps_ && options_.rule != ClipRule::update;
  return fmt::format("{:.0f} of the last {} steps were clipped ({}); {}",
                     recent_.share() * static_cast<double>(ClippedShare::kSteps),
                     ClippedShare::kSteps, describe(options_, norm_limit_),
                     means_little
                         ? "this optimizer steps along signs, which the length of a gradient "
                           "hardly changes, so clipping does little here and says little of "
                           "optimizer.lr: watch angular_update instead"
                         : "that is a smaller learning rate in disguise: lower optimizer.lr "
                           "instead");
}

ClipState Clipper::state() const {
  return {.norms = norms_ ? norms_->oldest_first() : std::vector<double>(),
          .clipped = recent_.text(),
          .warned = warned_};
}

void Clipper::restore(const ClipState& state) {
  if (norms_) norms_->restore(state.norms);
  recent_.restore(state.clipped);
  warned_ = state.warned;
}

std::string describe(const ClipOptions& options, double norm_limit) {
  switch (options.rule) {
    case ClipRule::norm:
      break;
    case ClipRule::value:
      return fmt::format("values at {}", options.value);
    case ClipRule::rows:
      return fmt::format("rows at {} of their weights", options.row_ratio);
    case ClipRule::percentile:
      return fmt::format("norms above percentile {} of the last {}", options.percentile,
                         options.window);
    case ClipRule::update:
      return fmt::format("updates of matrices at {} rad", options.angle);
  }
  return norm_limit > 0 ? fmt::format("at norm {}", norm_limit) : "off";
}

void check_clipping(const ClipOptions& options, double norm_limit) {
  const ClipOptions defaults;
  const auto refuse = [&](bool set, ClipRule reader, const char* option) {
    if (!set || options.rule == reader) return;
    throw ConfigError(option,
                      fmt::format("it is not read with clip.rule = {}", enum_name(options.rule)),
                      fmt::format("leave it out, or set clip.rule = {}", enum_name(reader)));
  };
  refuse(options.value != defaults.value, ClipRule::value, "clip.value");
  refuse(options.row_ratio != defaults.row_ratio, ClipRule::rows, "clip.row_ratio");
  refuse(options.percentile != defaults.percentile, ClipRule::percentile, "clip.percentile");
  refuse(options.window != defaults.window, ClipRule::percentile, "clip.window");
  refuse(options.angle != defaults.angle, ClipRule::update, "clip.angle");
  refuse(norm_limit != 1 && norm_limit != 0, ClipRule::norm, "train.grad_clip");
}

}  // namespace coldstart::adapt
