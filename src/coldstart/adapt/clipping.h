// Clipper: the rule of [clip] at work in every step, and what it did to how many of them.
//
// scale() before the measures read the gradient, begin_update() and end_update() around the
// optimizer's step. More than half of the last 100 steps clipped is said once: at that rate
// clipping is a smaller learning rate in disguise, and a lower rate does the same without it. Not
// so where steps go along signs: there the length of a gradient hardly matters, and that is said.
// Test: tests/adapt/clipping_test.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coldstart/adapt/clip_options.h"
#include "coldstart/adapt/clip_parts.h"
#include "coldstart/adapt/clip_window.h"

namespace coldstart::adapt {

// min(1, limit / norm); limit 0: no clipping.
double clip_factor(double grad_norm, double limit);

// What a checkpoint keeps.
struct ClipState {
  std::vector<double> norms = {};  // of past steps, oldest first; rule percentile
  std::string clipped = {};        // ClippedShare
  bool warned = false;
};

class Clipper {
 public:
  // norm_limit: train.grad_clip. sign_steps: the optimizer steps along signs. Takes all memory now.
  Clipper(const ClipOptions& options, double norm_limit, const ParamList& params,
          bool sign_steps = false);

  // The factor that the optimizer applies to the whole gradient; 1 with rules of parts.
  double scale(double grad_norm);
  void begin_update(ParamList& params, kernels::Kernels& kernels);
  void end_update(ParamList& params, optim::StepReport& report);

  // Of the last step: |clipped gradient| / |gradient|, of the update where that is what is clipped;
  // the share of values, rows or matrices, 0 or 1 where all are scaled; of the last 100 steps.
  double factor() const { return factor_; }
  double clipped() const { return clipped_; }
  double recent_share() const { return recent_.share(); }
  // Once, after end_update(): what to do about it.
  std::optional<std::string> warning();

  ClipState state() const;
  void restore(const ClipState& state);

 private:
  ClipOptions options_;
  double norm_limit_;
  bool sign_steps_;
  std::optional<NormWindow> norms_;
  std::optional<RowClip> rows_;
  std::optional<UpdateLimit> update_;
  ClippedShare recent_;
  double grad_norm_ = 0, factor_ = 1, clipped_ = 0;
  bool warned_ = false;
};

std::string describe(const ClipOptions& options, double norm_limit);  // "at norm 1"

// ConfigError for an option that the rule does not read.
void check_clipping(const ClipOptions& options, double norm_limit);

}  // namespace coldstart::adapt
