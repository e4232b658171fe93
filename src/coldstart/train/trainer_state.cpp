// How a trainer begins, continues and ends; the loop itself is trainer.cpp.
#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/optim/registry.h"
#include "coldstart/train/diagnose.h"
#include "coldstart/train/init_table.h"
#include "coldstart/train/trainer.h"

namespace coldstart::train {

namespace {

std::unique_ptr<eval::Evaluator> evaluator_of(const ResolvedConfig& config,
                                              const data::Source& data, data::Split split) {
  const TrainOptions& options = config.config.train;
  return eval::make_evaluator(data, split, model::sequence_shape(config.model), options.micro_batch,
                              options.eval_tokens);
}

// Equal shapes do not make equal models (gelu or relu, layer or rms): the settings decide.
void require_same_model(const checkpoint::Manifest& manifest, const ResolvedConfig& config,
                        const std::filesystem::path& checkpoint) {
  RunConfig theirs, ours = config.config;
  apply_toml(theirs, manifest.config, checkpoint.string());
  std::string changes;
  for (const std::string& line : differences(theirs.fields(), ours.fields())) {
    if (line.starts_with("model.")) changes += (changes.empty() ? "" : "; ") + line;
  }
  if (changes.empty()) return;
  throw CheckpointError("checkpoint",
                        fmt::format("'{}' is of another model ({})", checkpoint.string(), changes),
                        "leave the model settings as they are in the run that wrote it");
}

// What of the learning rate differs from the run that wrote the checkpoint. Its schedule may: a
// trunk with several cooldowns is planned as such.
std::string rate_changes(const checkpoint::Manifest& manifest, const ResolvedConfig& config,
                         const std::filesystem::path& checkpoint) {
  RunConfig theirs, ours = config.config;
  apply_toml(theirs, manifest.config, checkpoint.string());
  std::string changes;
  for (const std::string& line : differences(theirs.fields(), ours.fields())) {
    if (!line.starts_with("optimizer.lr") && !line.starts_with("groups.")) continue;
    changes += (changes.empty() ? "" : "; ") + line;
  }
  return changes;
}

}  // namespace

Trainer::Trainer(const ResolvedConfig& config, const data::Source& data, kernels::Kernels& kernels,
                 RunObserver& observer)
    : config_(config),
      options_(config.config.train),
      data_(data),
      kernels_(kernels),
      observer_(observer),
      model_(model::make_model(config.model)),
      sequence_(model::sequence_shape(config.model)),
      optimizer_(optim::make_optimizer(model_->params(), config.config.optimizer)),
      order_(config, data),
      batches_(config.batches, config.config.batch, sequence_.T, config.schedule.total()),
      plateau_(config.config.plateau),
      tokens_(static_cast<size_t>(options_.micro_batch * sequence_.T)),
      targets_(static_cast<size_t>(options_.micro_batch * sequence_.targets)),
      validation_(evaluator_of(config, data, data::Split::validation)),
      probe_(evaluator_of(config, data, data::Split::train)),
      detector_(
          {.margin = options_.divergence_margin, .patience_steps = options_.divergence_patience}),
      clipper_(config.config.clip, options_.grad_clip, model_->params(),
               optim::steps_along_signs(config.config.optimizer)),
      factors_(optim::group_factors(config.config.groups, model::param_specs(config.model))),
      early_(config.config.early, model_->params(), factors_.lr,
             static_cast<uint64_t>(options_.seed)),
      regularizer_(config, factors_.decay, model_->params().size()),
      report_(model_->params()),
      instruments_(config, data, *model_, kernels) {
  if (config.grad_accum > 1) gradient_sum_ = model_->params().make_companion();
  RunConfig stored = config.config;
  stored.train.out.clear();  // a run may be moved,
  stored.train.threads = 0;  // and any number of threads gives the same bytes
  state_.config = to_toml(stored);
  state_.schedule = schedule::describe(config.schedule);
  state_.data_id = order_.identity();
  if (data.tokenizer) state_.tokenizer = data.tokenizer->name();
  model::initialize(model_->params(), model::init_shape(config.model), init_of(config.config),
                    static_cast<uint64_t>(options_.seed));
  model_->reserve(options_.micro_batch);
}

void Trainer::restore(const std::filesystem::path& checkpoint,
                      const checkpoint::Manifest& manifest) {
  require_same_model(manifest, config_, checkpoint);
  checkpoint::load_weights(checkpoint, manifest, model_->params());
  checkpoint::load_optimizer(checkpoint, manifest, model_->params(), *optimizer_);
  optimizer_->leave_evaluation(model_->params(), kernels_);  // it was saved as it is evaluated
  detector_.restore(manifest.divergence);
  clipper_.restore(manifest.clip);
  batches_.restore(manifest.batch);
  order_.restore(manifest.order);
  plateau_.restore(manifest.plateau);
}

void Trainer::resume(const std::filesystem::path& checkpoint) {
  const checkpoint::Manifest manifest = checkpoint::read_manifest(checkpoint);
  if (manifest.data_id != order_.identity()) {
    throw CheckpointError(
        "resume",
        fmt::format("the data has changed since the checkpoint; got {}, expected {}",
                    order_.identity(), manifest.data_id),
        "restore the data, or go on with the new one in a new run: --branch-from CHECKPOINT");
  }
  restore(checkpoint, manifest);
  checkpoint::load_metrics(checkpoint, manifest, instruments_.states());
  state_ = manifest;
  saved_step_ = manifest.step;
  evaluate_at_start_ = false;
}

void Trainer::branch(const std::filesystem::path& checkpoint) {
  const checkpoint::Manifest manifest = checkpoint::read_manifest(checkpoint);
  if (batches_.over(manifest.step, manifest.tokens)) {
    throw ConfigError(
        "--branch-from",
        fmt::format("the checkpoint is at step {} of a schedule of {} steps",
                    batches_.position(manifest.step, manifest.tokens), config_.schedule.total()),
        "steps count from the start of the trunk: choose a larger train.steps");
  }
  restore(checkpoint, manifest);
  checkpoint::load_metrics_if_same(checkpoint, manifest, instruments_.states());
  state_.step = manifest.step;
  state_.sequences = manifest.sequences;
  state_.tokens = manifest.tokens;
  state_.branched_from = checkpoint.string();
  state_.interventions = manifest.interventions;
  const std::string changes = rate_changes(manifest, config_, checkpoint);
  if (!changes.empty()) {
    intervention_ = fmt::format(
        "the learning rate was changed by hand at step {} ({}): such a schedule cannot be repeated "
        "as one run (tuning playbook, SC-02)",
        manifest.step, changes);
    state_.interventions.push_back(*intervention_);
  }
}

RunResult Trainer::run(const RunDirectory& directory, const RunFacts& facts, double time_limit_s,
                       const Clock& clock) {
  clock_ = clock;
  directory_ = &directory;
  start_s_ = clock_();
  first_step_ = state_.step;
  first_tokens_ = state_.tokens;
  // What the run recorded after the state it starts from will be recorded again; the time it took
  // was spent, and stays.
  metrics_.emplace(directory.metrics_file(), state_.metrics_bytes);
  timings_.emplace(directory.timings_file());
  if (options_.eval_documents > 0)
    documents_.emplace(directory.documents_file(), state_.documents_bytes, options_.eval_documents,
                       validation_->identity());
  write_status("running", "");
  observer_.on_start(facts);
  if (intervention_) {
    metrics_->write(warning_record(first_step_, *intervention_));
    observer_.on_warning(first_step_, *intervention_);
  }
  try {
    return loop(time_limit_s);
  } catch (const Error& error) {
    try {
      write_status("failed", error.what());
    } catch (const ResourceError&) {
      // The disk that failed the run fails its status too; the first error is the one to report.
    }
    throw;
  }
}

RunResult Trainer::finish(Outcome outcome, const std::string& reason, int signal) {
  // A diverged run keeps its last good checkpoint; every other one can be continued from here.
  if (outcome != Outcome::diverged && saved_step_ != state_.step) save();
  RunResult result{.outcome = outcome, .step = state_.step, .reason = reason, .signal = signal};
  if (state_.lowest) {
    result.best_val_loss = state_.lowest->val_loss;
    result.best_val_step = state_.lowest->step;
  }
  if (last_eval_) {
    result.last_val_loss = last_eval_->val_loss;
    result.last_val_bits_per_byte = last_eval_->val_bits_per_byte;
  }
  result.elapsed_s = clock_() - start_s_;
  result.tokens = state_.tokens - first_tokens_;
  const double busy_s = times_.train_s + times_.metrics_s + times_.data_s;
  if (busy_s > 0) result.tokens_per_s = static_cast<double>(result.tokens) / busy_s;
  if (state_.step > first_step_) {
    const Diagnosis diagnosis = diagnose_run(config_, directory_->metrics_file(), state_.step,
                                             outcome == Outcome::diverged);
    result.diagnosis = diagnosis.text;
    directory_->write_summary(summary_text(result, total_steps(), diagnosis));
  }
  write_status(outcome_name(outcome), reason, result.diagnosis);
  observer_.on_finish(result, times_);
  return result;
}

void Trainer::write_status(std::string_view state, const std::string& reason,
                           const std::string& diagnosis) const {
  RunStatus status{.state = std::string(state),
                   .step = state_.step,
                   .total_steps = total_steps(),
                   .reason = reason,
                   .diagnosis = diagnosis};
  if (state_.lowest) {
    status.best_val_loss = state_.lowest->val_loss;
    status.best_val_step = state_.lowest->step;
  }
  directory_->write_status(status);
}

}  // namespace coldstart::train
