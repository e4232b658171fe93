// resolve(): every derived value of a run, computed once, with its reason.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/data/corpus.h"
#include "coldstart/metrics/registry.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/registry.h"
#include "coldstart/train/clipping.h"
#include "coldstart/train/config.h"
#include "coldstart/train/resolve_schedule.h"

namespace coldstart::train {

namespace {

// A micro-batch of this many tokens keeps the GEMMs large while its activations stay small.
constexpr int64_t kMicroBatchTokens = 4096;

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
  Resolver(RunConfig config, int64_t data_vocab, int64_t data_tokens)
      : data_vocab_(data_vocab), data_tokens_(data_tokens) {
    out_.config = std::move(config);
  }

  ResolvedConfig run() {
    resolve_model();
    resolve_batch();
    resolve_optimizer();
    check_measures();
    split_batch();
    check_rrc();
    check_clipping();
    check_groups();
    resolve_schedule();
    note_idle_options();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void because(fmt::format_string<Args...> format, Args&&... args) {
    out_.reasons.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void resolve_model() {
    ModelOptions& m = out_.config.model;
    if (m.kv_heads == 0) {
      m.kv_heads = m.heads;
      because("kv_heads {} = heads", m.kv_heads);
    }
    if (m.vocab == 0) {
      m.vocab = data_vocab_;
      because("vocab {} = vocabulary of the data", m.vocab);
    }
    require(m.vocab >= data_vocab_, "model.vocab",
            fmt::format("the vocabulary is smaller than that of the data; got {}, expected {} or "
                        "more",
                        m.vocab, data_vocab_),
            "leave model.vocab at 0 to take it from the data");
    if (m.mlp_width == 0 && m.mlp == model::Mlp::swiglu) {
      m.mlp_width = div_up(8 * m.width, int64_t{3} * 32) * 32;
      because("mlp_width {} = 8/3 x width {}, rounded up to a multiple of 32", m.mlp_width,
              m.width);
    } else if (m.mlp_width == 0) {
      m.mlp_width = 4 * m.width;
      because("mlp_width {} = 4 x width {}", m.mlp_width, m.width);
    }
    if (m.init_residual_scale == 0) {
      m.init_residual_scale = 1 / std::sqrt(2 * static_cast<double>(m.layers));
      because("init_residual_scale {:.4f} = 1/sqrt(2 x {} layers)", m.init_residual_scale,
              m.layers);
    }
    out_.model = {.L = m.layers,
                  .C = m.width,
                  .H = m.heads,
                  .H_kv = m.kv_heads,
                  .T = m.context,
                  .V = m.vocab,
                  .F = m.mlp_width,
                  .norm = m.norm,
                  .mlp = m.mlp,
                  .position = m.position,
                  .rope_theta = m.rope_theta,
                  .bias = m.bias,
                  .tied_head = m.tied_head,
                  .recompute = m.recompute};
    model::validate(out_.model);
    model::check_init(out_.config.init, out_.model);
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
    if (t.micro_batch == 0) {
      t.micro_batch =
          largest_divisor_up_to(out_.sequences, std::max(int64_t{1}, kMicroBatchTokens / context));
      because("micro_batch {} = largest divisor of {} sequences with at most {} tokens",
              t.micro_batch, out_.sequences, kMicroBatchTokens);
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
    if (!needs_micro_batches(c)) return;
    const char* reader =
        c.rrc.rrc_scaling != optim::RrcForm::none ? "rrc.rrc_scaling" : "the measure snr";
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
    const RrcOptions& rrc = out_.config.rrc;
    const bool by_run = rrc.rrc_reference == RrcReference::run;
    require(!by_run || !rrc.rrc_reference_run.empty(), "rrc.rrc_reference_run",
            "rrc_reference = run needs the directory of that run", "--rrc_reference_run DIRECTORY");
    require(by_run || rrc.rrc_reference_run.empty(), "rrc.rrc_reference_run",
            "a reference run is given, but rrc_reference is noise_limit", "--rrc_reference run");
    require(rrc.rrc_scaling == optim::RrcForm::none || rrc.snr_scope != SnrScope::row ||
                optim::takes_row_factors(out_.config.optimizer),
            "rrc.snr_scope",
            fmt::format("{} moves whole tensors here; got row, expected matrix or global",
                        out_.config.optimizer.name),
            "set rrc.snr_scope = matrix");
    if (needs_micro_batches(out_.config) && rrc.snr_sample == SnrSample::token)
      because(
          "snr_sample token: the tokens of a sequence are correlated, which this ignores; phi "
          "comes out too small a token");
  }

  void check_clipping() const {
    const RunConfig& c = out_.config;
    train::check_clipping(c.clip, c.train.grad_clip);
    require(c.clip.rule != ClipRule::update || optim::moves_weights_alone(c.optimizer), "clip.rule",
            fmt::format("{} keeps a sequence beside the weights that a shorter update would leave "
                        "behind; got update",
                        c.optimizer.name),
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

  void resolve_optimizer() {
    optim::ResolvedOptions resolved = optim::resolve_options(out_.config.optimizer);
    out_.config.optimizer = std::move(resolved.options);
    for (std::string& reason : resolved.reasons) out_.reasons.push_back(std::move(reason));
  }

  void resolve_schedule() {
    out_.schedule = train::resolve_schedule(out_.config, data_tokens_, out_.reasons);
    require_within("train.eval_at", out_.config.train.eval_at);
    require_within("train.trunk_at", out_.config.train.trunk_at);
  }

  // An option that was changed and yet does nothing here is said, not passed over in silence.
  void note_idle_options() {
    const RunConfig& c = out_.config;
    const RunConfig defaults;
    if (c.schedule.shape != schedule::Shape::trapezoid &&
        c.schedule.cooldown != defaults.schedule.cooldown)
      because("cooldown {} has no effect: shape = {}", c.schedule.cooldown,
              enum_name(c.schedule.shape));
    if (c.model.position != model::Position::rope &&
        c.model.rope_theta != defaults.model.rope_theta)
      because("rope_theta {} has no effect: position = {}", c.model.rope_theta,
              enum_name(c.model.position));
    if (c.data.tokenizer != TokenizerKind::sentencepiece &&
        c.data.vocab_size != defaults.data.vocab_size)
      because("vocab_size {} has no effect: tokenizer = {}", c.data.vocab_size,
              enum_name(c.data.tokenizer));
    const bool stories = c.data.path == data::kBuiltinStories;
    if (!stories && c.data.stories_bytes != defaults.data.stories_bytes)
      because("stories_bytes {} has no effect: path = {}", c.data.stories_bytes, c.data.path);
    if (!stories && c.data.stories_seed != defaults.data.stories_seed)
      because("stories_seed {} has no effect: path = {}", c.data.stories_seed, c.data.path);
    if (out_.schedule.fall.shape == schedule::DecayShape::none &&
        c.schedule.final_ratio != defaults.schedule.final_ratio)
      because("final_ratio {} has no effect: the rate never decays", c.schedule.final_ratio);
  }

  void require_within(std::string_view where, const std::vector<int64_t>& steps) const {
    for (const int64_t step : steps)
      require(step <= out_.schedule.total(), where,
              fmt::format("the run ends before that step; got {}, expected at most {}", step,
                          out_.schedule.total()),
              "name steps of the run, or lengthen train.steps");
  }

  int64_t data_vocab_, data_tokens_;
  ResolvedConfig out_;
};

}  // namespace

bool needs_micro_batches(const RunConfig& config) {
  if (config.rrc.rrc_scaling != optim::RrcForm::none) return true;
  return std::ranges::any_of(metrics::chosen_metrics(config.metrics), [](const auto& chosen) {
    return metrics::find_metric(chosen.name, "metrics.measure").needs_micro_batches;
  });
}

ResolvedConfig resolve(RunConfig config, int64_t data_vocab, int64_t data_tokens) {
  return Resolver(std::move(config), data_vocab, data_tokens).run();
}

}  // namespace coldstart::train
