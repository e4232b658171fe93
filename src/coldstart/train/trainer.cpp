#include "coldstart/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"
#include "coldstart/eval/select_by.h"

namespace coldstart::train {

namespace {

constexpr double kStatusInterval_s = 2;

// Adds the seconds of a scope to an account.
class Timer {
 public:
  Timer(double& account_s, const Clock& clock) : account_s_(account_s), clock_(clock) {}
  ~Timer() { account_s_ += clock_() - start_s_; }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  double& account_s_;
  const Clock& clock_;
  const double start_s_ = clock_();
};

// Within it the model is the one that is evaluated and saved, outside the one that is trained.
class EvaluationWeights {
 public:
  EvaluationWeights(optim::Optimizer& optimizer, ParamList& params, kernels::Kernels& kernels)
      : optimizer_(optimizer), params_(params), kernels_(kernels) {
    optimizer_.enter_evaluation(params_, kernels_);
  }
  ~EvaluationWeights() { optimizer_.leave_evaluation(params_, kernels_); }
  EvaluationWeights(const EvaluationWeights&) = delete;
  EvaluationWeights& operator=(const EvaluationWeights&) = delete;

 private:
  optim::Optimizer& optimizer_;
  ParamList& params_;
  kernels::Kernels& kernels_;
};

bool contains(const std::vector<int64_t>& steps, int64_t step) {
  return std::find(steps.begin(), steps.end(), step) != steps.end();
}

}  // namespace

RunResult Trainer::loop(double time_limit_s) {
  const InterruptGuard interrupt;
  double status_s = start_s_;
  if (evaluate_at_start_) {
    measure_model(true);
    if (const auto reason = evaluate()) return finish(Outcome::diverged, *reason);
  }
  while (!over() && !reached_target()) {
    if (const int signal = interrupt.signal()) {
      return finish(Outcome::interrupted, fmt::format("stopped by signal {}", signal), signal);
    }
    if (time_limit_s > 0 && clock_() - start_s_ >= time_limit_s) {
      return finish(Outcome::timed_out,
                    fmt::format("the time limit of {} s is over", time_limit_s));
    }
    if (const auto reason = step()) return finish(Outcome::diverged, *reason);
    if (evaluation_due(state_.step)) {
      if (const auto reason = evaluate()) return finish(Outcome::diverged, *reason);
    }
    if (checkpoint_due()) save();
    if (clock_() - status_s >= kStatusInterval_s) {
      status_s = clock_();
      write_status("running", "");
    }
  }
  return finish(Outcome::finished,
                over() ? "" : fmt::format("the validation loss reached {}", options_.target_loss));
}

std::optional<std::string> Trainer::step() {
  const adapt::StepBatch batch = batches_.next(state_.step, state_.tokens);
  const int64_t place = position();  // of this step in the schedule
  const double rate = config_.schedule.lr(place) * plateau_.factor() *
                      batches_.rate_factor(batch, instruments_.critical_batch());
  const double loss = forward_backward(batch);
  const Timer timer(times_.train_s, clock_);
  StepRecord record{.step = state_.step + 1,
                    .tokens = state_.tokens,
                    .loss = loss,
                    .lr = early_.lr(rate, state_.step),
                    .grad_norm = std::sqrt(kernels_.sum_squares(model_->params().grads()))};
  regularizer_.note(place, record);
  auto diverged = detector_.observe(record.loss, record.grad_norm);
  const bool finite = std::isfinite(record.loss) && std::isfinite(record.grad_norm);
  std::optional<std::string> warning, growth;
  if (finite) {  // the weights of a run that ends here stay as they were
    const double scale = clipper_.scale(record.grad_norm);
    const StepFacts facts{.step = record.step,
                          .lr = record.lr,
                          .clip = scale,
                          .evaluation = evaluation_due(record.step)};
    early_.change_gradients(model_->params(), kernels_, state_.step);
    const Instruments::Factors factors = instruments_.before_update(facts, report_);
    clipper_.begin_update(model_->params(), kernels_);
    optimizer_->step(model_->params(),
                     {.step = state_.step,
                      .lr = record.lr,
                      .peak_lr = config_.schedule.base,
                      .grad_scale = scale,
                      .param_scale = factors.param,
                      .row_scale = factors.row,
                      .lr_factors = early_.holds(state_.step) ? early_.lr_factors() : factors_.lr,
                      .decay_factors = regularizer_.decay_factors(place),
                      .trust_ratio = config_.config.groups.trust_ratio,
                      .angles = config_.replay.at(record.step)},
                     kernels_, report_);
    clipper_.end_update(model_->params(), report_);
    instruments_.after_update(facts, report_);
    const kernels::UpdateSums total = report_.total();
    record.update_norm = std::sqrt(total.delta_sq);
    record.weight_norm = std::sqrt(total.weight_sq);
    record.clip = clipper_.factor();
    record.clipped = clipper_.clipped();
    record.clipped_recent = clipper_.recent_share();
    warning = clipper_.warning();
    growth = batches_.observe(instruments_.critical_batch());
    ++state_.step;
  } else {
    *diverged += "; first not finite: " + adapt::locate_nonfinite(*model_, kernels_);
  }
  if (diverged) diverged = fmt::format("step {}: {}", record.step, *diverged);
  record.readings = readings(batch);
  metrics_->write(to_record(record));
  timings_->write(to_record(record.step, times_));
  observer_.on_step(record, times_);
  if (warning) warn(*warning);
  if (growth) observer_.on_note(record.step, *growth);
  if (finite) measure_model(evaluation_due(state_.step));
  return diverged;
}

double Trainer::forward_backward(const adapt::StepBatch& batch) {
  ParamList& params = model_->params();
  const int64_t B = batch.micro_sequences, k = batch.micro_batches;
  const double grad_scale = 1 / static_cast<double>(batch.sequences * sequence_.targets);
  const auto tokens = std::span(tokens_).first(static_cast<size_t>(B * sequence_.T));
  const auto targets = std::span(targets_).first(static_cast<size_t>(B * sequence_.targets));
  const model::Regularization regularization = regularizer_.at(position());
  order_.begin_step(position());
  instruments_.begin_step(batch);
  double loss = 0;
  for (int64_t micro = 0; micro < k; ++micro) {
    {
      const Timer timer(times_.data_s, clock_);
      order_.fill(state_.sequences, tokens, targets);
      regularizer_.augment(state_.sequences, sequence_.T, tokens);
    }
    const Timer timer(times_.train_s, clock_);
    const bool last = micro == k - 1;
    model::Batch shaped = order_.shape(tokens, targets);
    shaped.first_sequence = state_.sequences * shaped.B / B;
    loss += model_->forward_backward_chosen(kernels_, shaped, grad_scale, regularization,
                                            order_.choose(shaped, last));
    state_.sequences += B;
    state_.tokens += std::ssize(tokens);
    if (k == 1) break;
    const Tensor fresh = params.grads(), sum = gradient_sum_->flat(params.dtype());
    if (micro == 0) {
      std::memcpy(sum.raw(), fresh.raw(), static_cast<size_t>(sum.bytes()));
    } else if (!last) {
      kernels_.add(sum, fresh);
    }
    instruments_.micro_gradient(fresh, sum);
    // The total ends where the optimizer looks; a + b is b + a.
    if (last) kernels_.add(fresh, sum);
  }
  return loss * grad_scale;
}

// Of what is not on by default.
std::vector<Reading> Trainer::readings(const adapt::StepBatch& batch) const {
  std::vector<Reading> readings = order_.readings();
  if (config_.batches.kind != adapt::BatchWarmup::none)
    readings.push_back({"batch_tokens", static_cast<double>(batches_.tokens_of(batch))});
  if (plateau_.active()) readings.push_back({"plateau_factor", plateau_.factor()});
  return readings;
}

std::optional<std::string> Trainer::evaluate() {
  EvalRecord record{.step = state_.step, .tokens = state_.tokens};
  std::optional<double> rank;
  {
    const Timer timer(times_.eval_s, clock_);
    const EvaluationWeights weights(*optimizer_, model_->params(), kernels_);
    const eval::Evaluation validation = validation_->run(*model_, kernels_);
    const eval::Evaluation probe = probe_->run(*model_, kernels_);
    rank = eval::rank_by(options_.select_by, validation);
    for (const auto& [name, value] : validation.scores)
      record.scores.emplace_back("val_" + name, value);
    if (!probe.scores.empty())
      record.scores.emplace_back("train_" + probe.scores[0].first, probe.scores[0].second);
    record.val_loss = validation.loss;
    record.val_bits_per_byte = validation.bits_per_byte;
    record.train_loss = probe.loss;
    record.train_bits_per_byte = probe.bits_per_byte;
    if (documents_ && std::isfinite(validation.loss)) documents_->write(record.step, validation);
  }
  metrics_->write(to_record(record));
  observer_.on_eval(record);
  last_eval_ = record;
  if (!std::isfinite(record.val_loss)) {
    return fmt::format("step {}: the validation loss is {}; first not finite: {}", record.step,
                       record.val_loss, adapt::locate_nonfinite(*model_, kernels_));
  }
  watch_plateau(record);
  const checkpoint::BestCheckpoint candidate{record.step, record.val_loss, rank.value_or(0)};
  if (!state_.lowest || candidate.val_loss < state_.lowest->val_loss) state_.lowest = candidate;
  // The model that a run starts from is nobody's result.
  best_entered_ = record.step > first_step_ && rank &&
                  checkpoint::enter_best(state_.best, candidate, options_.keep_best);
  return std::nullopt;
}

void Trainer::watch_plateau(const EvalRecord& record) {
  // A branch evaluates where its trunk did; that is no second evaluation.
  if (record.step > 0 && record.step == first_step_) return;
  if (!plateau_.observe(record.val_loss)) return;
  metrics_->write(plateau_record(record.step, plateau_.factor(), *plateau_.state().best));
  observer_.on_note(record.step,
                    fmt::format("the validation loss no longer falls: the learning rate is now {} "
                                "of the schedule's",
                                plateau_.factor()));
}

// Of the step that is under way or done: its tokens count already.
bool Trainer::evaluation_due(int64_t step) const {
  return batches_.over(step, state_.tokens) || contains(options_.eval_at, step) ||
         (options_.eval_every > 0 && step % options_.eval_every == 0);
}

// Writes what the step's measures have to say, those of the model itself included.
void Trainer::measure_model(bool evaluation) {
  const Timer timer(times_.metrics_s, clock_);
  if (instruments_.observes_model(state_.step, evaluation)) {
    const EvaluationWeights weights(*optimizer_, model_->params(), kernels_);
    const bool starts_branch = state_.step > 0 && state_.step == first_step_;
    if (starts_branch) {
      instruments_.observe_aside(state_.step, evaluation);
    } else {
      instruments_.observe(state_.step, evaluation);
    }
  }
  if (const auto record = instruments_.record(state_.step)) {
    metrics_->write(*record);
    observer_.on_metrics(*record);
  }
  for (const std::string& warning : instruments_.warnings()) warn(warning);
}

void Trainer::warn(const std::string& text) {
  metrics_->write(warning_record(state_.step, text));
  observer_.on_warning(state_.step, text);
}

bool Trainer::checkpoint_due() const {
  return over() || contains(options_.trunk_at, state_.step) ||
         (best_entered_ && last_eval_->step == state_.step) ||
         (options_.checkpoint_every > 0 && state_.step % options_.checkpoint_every == 0);
}

void Trainer::save() {
  const Timer timer(times_.checkpoint_s, clock_);
  metrics_->sync();
  state_.metrics_bytes = metrics_->bytes();
  if (documents_) state_.documents_bytes = documents_->sync();
  state_.divergence = detector_.state();
  state_.clip = clipper_.state();
  state_.batch = batches_.state();
  state_.order = order_.state();
  state_.plateau = plateau_.state();
  const EvaluationWeights weights(*optimizer_, model_->params(), kernels_);
  const auto path = checkpoint::save_checkpoint(directory_->checkpoints(), state_, model_->params(),
                                                *optimizer_, instruments_.states());
  checkpoint::remove_superseded(directory_->checkpoints(), state_.step, state_.best,
                                options_.trunk_at);
  saved_step_ = state_.step;
  observer_.on_checkpoint(state_.step, path.string());
}

}  // namespace coldstart::train
