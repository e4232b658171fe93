// resolve(): every derived value of a run, computed once, with its reason.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/adapt/clipping.h"
#include "coldstart/adapt/plateau.h"
#include "coldstart/core/error.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/registry.h"
#include "coldstart/train/config.h"
#include "coldstart/train/idle_options.h"
#include "coldstart/train/regularizer.h"
#include "coldstart/train/resolve_adaptation.h"
#include "coldstart/train/resolve_classifier.h"
#include "coldstart/train/resolve_gpt.h"
#include "coldstart/train/resolve_schedule.h"

namespace coldstart::train {

namespace {

// A micro-batch of this many rows keeps the GEMMs large while its activations stay small. A token
// of a GPT is a row, and so is an example of a classifier.
constexpr int64_t kMicroBatchRows = 4096;

void require(bool good, std::string_view where, const std::string& what, std::string_view hint) {
  if (!good) throw ConfigError(where, what, hint);
}

int64_t largest_divisor_up_to(int64_t n, int64_t limit) {
  for (int64_t d = std::min(n, limit); d > 1; --d)
    if (n % d == 0) return d;
  return 1;
}

class Resolver {
 public:
  Resolver(RunConfig config, const data::Facts& facts) : facts_(facts) {
    out_.config = std::move(config);
  }

  ResolvedConfig run() {
    resolve_model();
    resolve_batch();
    resolve_optimizer();
    watch_dead_units();
    check_measures();
    split_batch();
    check_rrc();
    check_clipping();
    adapt::check_early(out_.config.early);
    require(
        !out_.config.early.random_directions || out_.config.rrc.rrc_scaling == optim::RrcForm::none,
        "early.random_directions", "there is no signal in random directions to scale by",
        "set rrc.rrc_scaling = none");
    check_groups();
    resolve_schedule();
    resolve_regularization();
    resolve_order(out_, facts_.training_tokens);
    resolve_batch_warmup(out_);
    check_evaluations();
    read_replay();
    for (std::string& idle : idle_options(out_)) out_.reasons.push_back(std::move(idle));
    return std::move(out_);
  }

 private:
  template <class... Args>
  void because(fmt::format_string<Args...> format, Args&&... args) {
    out_.reasons.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void resolve_model() {
    ModelOptions& m = out_.config.model;
    if (m.kind != ModelKind::gpt) {
      const auto classifier = resolve_classifier(out_.config, facts_, out_.reasons);
      model::validate(classifier);
      model::check_init(out_.config.init, model::init_shape(classifier));
      out_.model = classifier;
      return;
    }
    refuse_classifier_options(out_.config);
    const auto gpt = resolve_gpt(m, facts_, out_.reasons);
    model::validate(gpt);
    model::check_init(out_.config.init, gpt);
    out_.model = gpt;
  }

  void resolve_batch() {
    TrainOptions& t = out_.config.train;
    const int64_t context = out_.config.model.context;
    require(t.batch_tokens % context == 0, "train.batch_tokens",
            fmt::format("a batch holds whole sequences; got {}, expected a multiple of the context "
                        "{}",
                        t.batch_tokens, context),
            t.batch_tokens < context
                ? fmt::format("the smallest batch is train.batch_tokens = {}", context)
                : fmt::format("nearest below: train.batch_tokens = {}",
                              t.batch_tokens / context * context));
    out_.sequences = t.batch_tokens / context;
    const int64_t rows = model::sequence_shape(out_.model).targets;
    if (t.micro_batch == 0) {
      t.micro_batch =
          largest_divisor_up_to(out_.sequences, std::max(int64_t{1}, kMicroBatchRows / rows));
      because("micro_batch {} = largest divisor of {} sequences with at most {} {}", t.micro_batch,
              out_.sequences, kMicroBatchRows, rows == context ? "tokens" : "examples");
    }
    require(out_.sequences % t.micro_batch == 0, "train.micro_batch",
            fmt::format("the micro-batch does not divide the batch; got {}, expected a divisor of "
                        "{} sequences (batch_tokens {} / context {})",
                        t.micro_batch, out_.sequences, t.batch_tokens, context),
            fmt::format("train.micro_batch = {} fits, or 0 chooses",
                        largest_divisor_up_to(out_.sequences, t.micro_batch)));
    out_.grad_accum = out_.sequences / t.micro_batch;
    because("grad_accum {} = batch_tokens {} / (micro_batch {} x context {})", out_.grad_accum,
            t.batch_tokens, t.micro_batch, context);
  }

  void check_measures() const {
    metrics::chosen_metrics(out_.config.metrics);
    metrics::chosen_levels(out_.config.metrics);
  }

  // What watches micro-batches needs two of them; a batch that fits into one is cut.
  void split_batch() {
    const RunConfig& c = out_.config;
    const char* reader = reader_of_micro_batches(c);
    if (reader == nullptr) return;
    require(out_.sequences >= 2, "train.batch_tokens",
            fmt::format("{} needs two sequences a step to tell signal from noise; got {}", reader,
                        out_.sequences),
            fmt::format("the smallest batch is train.batch_tokens = {}", 2 * c.model.context));
    if (out_.grad_accum == 1) {
      TrainOptions& t = out_.config.train;
      t.micro_batch = largest_divisor_up_to(out_.sequences, out_.sequences / 2);
      out_.grad_accum = out_.sequences / t.micro_batch;
      because(
          "micro_batch {}: {} compares micro-batches, so the batch of {} sequences is split in "
          "{}",
          t.micro_batch, reader, out_.sequences, out_.grad_accum);
    }
    require(c.rrc.snr_estimator == metrics::SnrMethod::micro || out_.grad_accum % 2 == 0,
            "rrc.snr_estimator",
            fmt::format("half_batch compares two halves of the micro-batches; got {} micro-batches",
                        out_.grad_accum),
            "choose a train.micro_batch that gives an even number, or snr_estimator = micro");
  }

  void check_rrc() {
    const adapt::RrcOptions& rrc = out_.config.rrc;
    const bool by_run = rrc.rrc_reference == adapt::RrcReference::run;
    require(!by_run || !rrc.rrc_reference_run.empty(), "rrc.rrc_reference_run",
            "rrc_reference = run needs the directory of that run", "--rrc_reference_run DIRECTORY");
    require(by_run || rrc.rrc_reference_run.empty(), "rrc.rrc_reference_run",
            "a reference run is given, but rrc_reference is noise_limit", "--rrc_reference run");
    require(rrc.rrc_scaling == optim::RrcForm::none || rrc.snr_scope != adapt::SnrScope::row ||
                optim::takes_row_factors(out_.config.optimizer),
            "rrc.snr_scope",
            fmt::format("{} moves whole tensors here; got row, expected matrix or global",
                        out_.config.optimizer.name),
            "set rrc.snr_scope = matrix");
    require(rrc.rrc_scaling == optim::RrcForm::none || !replays(), "rrc.rrc_scaling",
            "its factors would change the angles that are replayed",
            "set rrc.rrc_scaling = none, or leave optimizer.rotation_replay out");
    if (needs_micro_batches(out_.config) && rrc.snr_sample == adapt::SnrSample::token)
      because(
          "snr_sample token: the tokens of a sequence are correlated, which this ignores; phi "
          "comes out too small a token");
  }

  void check_clipping() const {
    const RunConfig& c = out_.config;
    adapt::check_clipping(c.clip, c.train.grad_clip);
    require(c.clip.rule != adapt::ClipRule::update || optim::moves_weights_alone(c.optimizer),
            "clip.rule",
            fmt::format("{} keeps a sequence beside the weights that a shorter update would leave "
                        "behind; got update",
                        c.optimizer.name),
            "choose another clip.rule");
    require(c.clip.rule != adapt::ClipRule::update || !replays(), "clip.rule",
            "it would shorten the angles that are replayed; got update",
            "choose another clip.rule");
  }

  void check_groups() const {
    const optim::GroupRules rules = optim::group_rules(out_.config.optimizer);
    require(out_.config.init.residual != model::ResidualInit::zero ||
                optim::group_of(Role::mlp_out, true, rules) != optim::Group::rotational,
            "init.residual",
            fmt::format("{} keeps the norm of rotational matrices, and what starts at zero would "
                        "stay there",
                        out_.config.optimizer.name),
            "set init.residual = scaled, or take an optimizer that is not rotational");
    optim::check_group_factors(out_.config.groups, model::param_specs(out_.model), rules);
  }

  bool replays() const { return !out_.config.optimizer.rotation_replay.empty(); }

  void read_replay() {
    if (!replays()) return;
    const optim::OptimizerOptions& o = out_.config.optimizer;
    out_.replay = read_angle_replay(o.rotation_replay, model::param_specs(out_.model),
                                    optim::group_rules(o), 1, out_.steps);
    because("angles of rotational matrices: those of {} at each step, whatever the rate",
            o.rotation_replay);
  }

  void resolve_optimizer() {
    optim::ResolvedOptions resolved = optim::resolve_options(out_.config.optimizer);
    out_.config.optimizer = std::move(resolved.options);
    for (std::string& reason : resolved.reasons) out_.reasons.push_back(std::move(reason));
  }

  void resolve_schedule() {
    out_.schedule = train::resolve_schedule(out_.config, facts_.training_tokens, out_.reasons);
  }

  void check_evaluations() const {
    const TrainOptions& t = out_.config.train;
    require_within("train.eval_at", t.eval_at);
    require_within("train.trunk_at", t.trunk_at);
    const int64_t regular = t.eval_every > 0 ? out_.steps / t.eval_every : 0;
    adapt::check_plateau(out_.config.plateau, regular + std::ssize(t.eval_at) + 1);
  }

  void resolve_regularization() {
    RunConfig& c = out_.config;
    out_.data_vocab = facts_.vocab;
    out_.ramps = parse_ramps(c.regularize.ramps, {.total_steps = out_.schedule.total(),
                                                  .tokens_per_step = c.train.batch_tokens,
                                                  .tokens_per_epoch = facts_.training_tokens});
    check_regularization(out_);
    // An amount of data becomes steps once, while the data is at hand.
    std::string& ramps = c.regularize.ramps;
    if (ramps.find("token") != std::string::npos || ramps.find("epoch") != std::string::npos) {
      const std::string in_steps = ramps_text(out_.ramps);
      because("regularize.ramps {} = {}", in_steps, ramps);
      ramps = in_steps;
    }
    const optim::TrustRatio trust = c.groups.trust_ratio;
    require(optim::takes_trust_ratio(c.optimizer, trust), "groups.trust_ratio",
            fmt::format("{}{} does not take plain steps that {} could scale", c.optimizer.name,
                        c.optimizer.hyperball ? " with hyperball" : "", enum_name(trust)),
            "lars is for sgd, lamb for adamw, sgd, lion, lion_a and muon; what is rotational sets "
            "the angle of every matrix already");
    require(trust == optim::TrustRatio::none || c.rrc.rrc_scaling == optim::RrcForm::none ||
                c.rrc.snr_scope != adapt::SnrScope::row,
            "groups.trust_ratio",
            "a trust ratio is of a whole matrix, RRC scaling here of its rows",
            "set rrc.snr_scope = matrix, or groups.trust_ratio = none");
  }

  // Dead units are looked for where there can be any.
  void watch_dead_units() {
    RunConfig& c = out_.config;
    const bool relu = c.model.mlp == model::Mlp::relu || c.model.mlp == model::Mlp::leaky_relu;
    const std::string& measure = c.metrics.measure;
    if (!relu || !measure.starts_with("default") || measure.find("dead_relu") != std::string::npos)
      return;
    c.metrics.measure += ",dead_relu";
    because("measure {}: units of {} can die (-dead_relu leaves it out)", c.metrics.measure,
            enum_name(c.model.mlp));
  }

  void require_within(std::string_view where, const std::vector<int64_t>& steps) const {
    for (const int64_t step : steps)
      require(step <= out_.steps, where,
              fmt::format("the run ends before that step; got {}, expected at most {}", step,
                          out_.steps),
              "name steps of the run, or lengthen train.steps");
  }

  data::Facts facts_;
  ResolvedConfig out_;
};

}  // namespace

bool needs_micro_batches(const RunConfig& config) {
  return reader_of_micro_batches(config) != nullptr;
}

ResolvedConfig resolve(RunConfig config, const data::Facts& facts) {
  return Resolver(std::move(config), facts).run();
}

}  // namespace coldstart::train
