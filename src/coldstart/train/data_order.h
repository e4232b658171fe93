// DataOrder: the sequences of each step, in the order and at the length that [order] asks for.
//
// Which tokens sequence number s of a run holds is a function of (seed, s, c), where c is the share
// that the pace opens at the step; self_paced has the losses of the sequences seen last besides.
// The trainer calls begin_step() and, for every micro-batch, fill(), shape() and choose(). Test:
// tests/train/data_order_test.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coldstart/adapt/self_paced.h"
#include "coldstart/data/source.h"
#include "coldstart/model/model.h"
#include "coldstart/train/config.h"
#include "coldstart/train/records.h"

namespace coldstart::train {

// Tokens a sequence has at a share c of the context T: the largest divisor of T up to c T.
int64_t curriculum_context(int64_t T, double share);

class DataOrder {
 public:
  // Everything must outlive it. DataError when the order needs scores that the data lacks.
  DataOrder(const ResolvedConfig& config, const data::Source& data);

  void begin_step(int64_t position);  // of the schedule
  // Sequences [first, first + B) of (B, T) tokens and (B, targets of a sequence) targets.
  void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets);
  // The same tokens as the model is to see them: cut into shorter sequences by `length`.
  model::Batch shape(std::span<const int32_t> tokens, std::span<const int32_t> targets) const;
  // What the model asks for the targets that count; empty when all do. last: micro-batch of the
  // step. `batch` must stay until it was asked.
  model::ChooseTargets choose(const model::Batch& batch, bool last);

  // Of the step, for its record; none when the order is `shuffled`.
  std::vector<Reading> readings() const;
  // What the run sees: the data, and the scores that order it.
  const std::string& identity() const { return identity_; }

  const adapt::SelfPaced::State& state() const { return self_paced_.state(); }
  void restore(const adapt::SelfPaced::State& state) { self_paced_.restore(state); }

 private:
  adapt::Curriculum curriculum_;
  adapt::Pace pace_;
  int64_t T_;
  std::unique_ptr<data::Loader> shuffled_;
  std::unique_ptr<data::GradedLoader> graded_;  // score and anti
  adapt::SelfPaced self_paced_;
  std::string identity_;
  double share_ = 1;
  int64_t context_;
};

// "score: the easiest 25% of the windows first, ..."; empty for shuffled.
std::string describe_order(const ResolvedConfig& config);

}  // namespace coldstart::train
