// RunConfig: everything a user can say about a training run, and what it resolves to.
//
// Fifteen tables, as in a TOML file and in flags (--model.layers 6, or --layers 6): precedence
// defaults < preset < file < flags. 0 often means "derived"; resolve() computes every derived value
// once, before anything is built, checks the combinations and gives the reason of each in words.
// docs/options.md is made from the fields below. Test: tests/train/config_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/adapt/batch_options.h"
#include "coldstart/adapt/batch_plan.h"
#include "coldstart/adapt/clip_options.h"
#include "coldstart/adapt/early_phase.h"
#include "coldstart/adapt/order_options.h"
#include "coldstart/adapt/plateau_options.h"
#include "coldstart/adapt/rrc_options.h"
#include "coldstart/core/fields.h"
#include "coldstart/data/files_task.h"
#include "coldstart/data/source.h"
#include "coldstart/eval/select_by.h"
#include "coldstart/metrics/options.h"
#include "coldstart/model/initialize.h"
#include "coldstart/model/model_config.h"
#include "coldstart/optim/group_factors.h"
#include "coldstart/optim/options.h"
#include "coldstart/schedule/make.h"
#include "coldstart/schedule/options.h"
#include "coldstart/train/angle_replay.h"
#include "coldstart/train/ramps.h"
#include "coldstart/train/regularize_options.h"

namespace coldstart::train {

enum class TokenizerKind : uint8_t { bytes, sentencepiece };
enum class ModelKind : uint8_t { gpt, mlp, residual };

struct ModelOptions {
  ModelKind kind = ModelKind::gpt;
  int64_t layers = 4;
  int64_t width = 128;
  int64_t heads = 4;
  int64_t kv_heads = 0;
  int64_t context = 256;
  int64_t vocab = 0;
  int64_t mlp_width = 0;
  kernels::NormKind norm = kernels::NormKind::layer;
  model::Mlp mlp = model::Mlp::gelu;
  model::Position position = model::Position::learned;
  double rope_theta = 10000;
  bool bias = false;
  bool tied_head = true;
  bool recompute = false;
  double init_std = 0.02;
  double init_residual_scale = 0;
  int64_t classes = 0;
  int64_t embedding = -1;

  template <class V>
  void fields(V&& v) {
    v("kind", kind,
      {"a GPT, or a classifier of labelled examples: an MLP, or a residual network of linear "
       "layers"});
    v("layers", layers,
      {"transformer blocks; hidden layers of an mlp, blocks of a residual network",
       between(1, 1e4)});
    v("width", width, {"width of the residual stream", between(1, 1 << 20)});
    v("heads", heads, {"attention heads; must divide the width", between(1, 1 << 16)});
    v("kv_heads", kv_heads,
      {"key/value heads (grouped-query attention); 0 = heads", between(0, 1 << 16)});
    v("context", context,
      {"context length; of a classifier the numbers of an example, taken from the data where that "
       "is a file",
       between(1, 1 << 24), "tokens"});
    v("vocab", vocab, {"vocabulary; 0 = from the data", between(0, 1 << 26), "tokens"});
    v("mlp_width", mlp_width,
      {"hidden width of the MLP; 0 = 4 x width, for swiglu 8/3 x width rounded up to 32",
       between(0, 1 << 24)});
    v("norm", norm, {"normalisation before each sublayer"});
    v("mlp", mlp, {"activation of the MLP"});
    v("position", position, {"position information: a learned table or rotary"});
    v("rope_theta", rope_theta, {"base of the rotary frequencies; rope only", above(0)});
    v("bias", bias, {"biases in linear layers and LayerNorm"});
    v("tied_head", tied_head, {"output head shares the token embedding"});
    v("recompute", recompute, {"recompute activations in the backward pass: less memory, slower"});
    v("init_std", init_std,
      {"standard deviation of initial weights under the rule gpt2 of [init]", at_least(0)});
    v("init_residual_scale", init_residual_scale,
      {"extra factor for projections into the residual stream; 0 = 1/sqrt(2 x layers), in a "
       "residual network 1/sqrt(layers)",
       at_least(0)});
    v("classes", classes, {"classes of a classifier; 0 = from the data", between(0, 256)});
    v("embedding", embedding,
      {"width of the embedding of each number of an example; 0 = none, numbers are scaled to -1 .. "
       "1; -1 = 8 for bytes, 0 for images; classifiers only",
       between(-1, 4096)});
  }
};

struct DataOptions {
  std::string path = "builtin:headers";
  TokenizerKind tokenizer = TokenizerKind::bytes;
  int64_t vocab_size = 4096;
  double val_fraction = 0.05;
  int64_t split_seed = 0;
  int64_t stories_bytes = 4'000'000;
  int64_t stories_seed = 1;
  std::string kinds = data::FilesTaskOptions().kinds;
  int64_t examples = data::FilesTaskOptions().examples;

  template <class V>
  void fields(V&& v) {
    v("path", path,
      {"a prepared directory, text files or directories, builtin:headers or builtin:stories; for a "
       "classifier labelled examples: a file or directory of them, or builtin:files"});
    v("tokenizer", tokenizer, {"tokenizer of text that is not prepared yet"});
    v("vocab_size", vocab_size,
      {"vocabulary that sentencepiece trains", between(1, 1 << 26), "tokens"});
    v("val_fraction", val_fraction,
      {"share of the text, files or examples held out for validation", between(0, 0.9)});
    v("split_seed", split_seed, {"seed of the train/validation split", at_least(0)});
    v("stories_bytes", stories_bytes,
      {"how much text builtin:stories tells", between(1, 1e12), "bytes"});
    v("stories_seed", stories_seed, {"which stories builtin:stories tells", at_least(0)});
    v("kinds", kinds,
      {"kinds of files that builtin:files tells apart: cpp, c, elf, archive, perl, shell, "
       "terminfo, "
       "python, zoneinfo, gettext, gzip"});
    v("examples", examples,
      {"windows that builtin:files cuts from files, validation included", between(2, 1e9)});
  }
};

struct TrainOptions {
  Length steps = 1000;
  int64_t batch_tokens = 4096;
  int64_t micro_batch = 0;
  double grad_clip = 1.0;
  double divergence_margin = 1.0;
  int64_t divergence_patience = 50;
  int64_t seed = 1;
  int64_t threads = 0;
  int64_t eval_every = 100;
  std::vector<int64_t> eval_at;
  int64_t eval_tokens = 65536;
  int64_t eval_documents = 64;
  double target_loss = 0;
  int64_t checkpoint_every = 500;
  int64_t keep_best = 1;
  eval::SelectBy select_by = eval::SelectBy::val_loss;
  std::vector<int64_t> trunk_at;
  std::string out;

  template <class V>
  void fields(V&& v) {
    v("steps", steps,
      {"optimizer steps (before a prepended warmup); or data, such as 3 epochs", between(1, 1e12),
       "steps"});
    v("batch_tokens", batch_tokens,
      {"tokens an optimizer step sees; a multiple of the context", between(1, 1e12), "tokens"});
    v("micro_batch", micro_batch,
      {"sequences a forward pass takes; 0 = chosen", between(0, 1 << 24), "sequences"});
    v("grad_clip", grad_clip,
      {"largest global gradient norm; 0 = no clipping; with clip.rule = norm", at_least(0)});
    v("divergence_margin", divergence_margin,
      {"a run is diverged when its loss stays this far above that of its first step, nats a token",
       at_least(0)});
    v("divergence_patience", divergence_patience,
      {"... for so many steps in a row; 0 = never (NaN and infinity always end a run)", at_least(0),
       "steps"});
    v("seed", seed, {"seed of initial weights and data order", at_least(0)});
    v("threads", threads, {"CPU threads; 0 = all", between(0, 4096)});
    v("eval_every", eval_every, {"evaluate every so many steps; 0 = never", at_least(0), "steps"});
    v("eval_at", eval_at, {"more steps to evaluate at", at_least(0), "steps"});
    v("eval_tokens", eval_tokens,
      {"size of the fixed validation set and of the fixed train probe; all of it where that is "
       "less",
       at_least(1), "tokens"});
    v("eval_documents", eval_documents,
      {"sequences of the validation set whose own losses are kept at each evaluation, in "
       "documents.jsonl; 0 = none",
       between(0, 1 << 20), "sequences"});
    v("target_loss", target_loss,
      {"the run ends once its validation loss is no higher, nats a token; 0 = at its last step",
       at_least(0)});
    v("checkpoint_every", checkpoint_every,
      {"save the last state every so many steps; 0 = only at the end", at_least(0), "steps"});
    v("keep_best", keep_best, {"best checkpoints that are kept", between(0, 1000)});
    v("select_by", select_by,
      {"what makes a checkpoint the best: the validation loss, or a score of a classifier "
       "(macro)"});
    v("trunk_at", trunk_at, {"steps whose checkpoint is kept for branches", at_least(1), "steps"});
    v("out", out, {"run directory; empty = runs/<name>"});
  }
};

struct RunConfig {
  ModelOptions model;
  model::InitOptions init;
  DataOptions data;
  schedule::ScheduleOptions schedule;
  optim::OptimizerOptions optimizer;
  optim::GroupOptions groups;
  TrainOptions train;
  adapt::ClipOptions clip;
  RegularizeOptions regularize;
  metrics::MetricsOptions metrics;
  adapt::RrcOptions rrc;
  adapt::EarlyOptions early;
  adapt::OrderOptions order;
  adapt::BatchOptions batch;
  adapt::PlateauOptions plateau;

  // The list refers to this object, which must outlive it.
  FieldList fields() {
    FieldList list;
    list.add("model", model);
    list.add("init", init);
    list.add("data", data);
    list.add("schedule", schedule);
    list.add("optimizer", optimizer);
    list.add("groups", groups);
    list.add("train", train);
    list.add("clip", clip);
    list.add("regularize", regularize);
    list.add("metrics", metrics);
    list.add("rrc", rrc);
    list.add("early", early);
    list.add("order", order);
    list.add("batch", batch);
    list.add("plateau", plateau);
    return list;
  }
};

// Whether something in it watches the gradients of single micro-batches, so that a step must have
// two or more.
bool needs_micro_batches(const RunConfig& config);

// A configuration with nothing left to derive.
struct ResolvedConfig {
  RunConfig config;  // every 0 that meant "derived" replaced, so that config.toml says it all
  model::ModelConfig model;
  schedule::Schedule schedule;
  Ramps ramps;                       // of the strengths of [regularize], and of weight decay
  int64_t data_vocab = 0;            // ids that the data may hold
  AngleReplay replay;                // of optimizer.rotation_replay, over all steps
  int64_t sequences = 0;             // an optimizer step sees; with [batch] when it is full
  int64_t grad_accum = 0;            // micro-batches of such a step
  adapt::BatchPlan batches;          // sequences of each step
  adapt::Pace pace;                  // of the curriculum, in steps of the schedule
  int64_t steps = 0;                 // optimizer steps; at most, where the batch is measured
  std::vector<std::string> reasons;  // "grad_accum 4 = batch_tokens 16384 / (micro_batch 16 x ...)"
};

// ConfigError for combinations that cannot work.
ResolvedConfig resolve(RunConfig config, const data::Facts& facts);
// Of text. data_tokens: training tokens, for lengths in epochs; 0: unknown.
inline ResolvedConfig resolve(RunConfig config, int64_t data_vocab, int64_t data_tokens = 0) {
  return resolve(std::move(config), {.vocab = data_vocab, .training_tokens = data_tokens});
}

// How many samples of rrc.snr_sample a full batch has: the B that phi is held against.
double snr_samples(const ResolvedConfig& config);

std::string to_toml(RunConfig config);

// Settings of a TOML text on top of what is there already. A top-level key `preset = "NAME"` is
// applied first. source names the text in messages.
void apply_toml(RunConfig& config, std::string_view text, std::string_view source);

// What `coldstart train CONFIG` means by CONFIG: a TOML file, or the name of a preset.
RunConfig load_config(const std::string& file_or_preset);

}  // namespace coldstart::train

template <>
struct coldstart::EnumText<coldstart::train::TokenizerKind> {
  using E = train::TokenizerKind;
  static constexpr auto names =
      enum_names<E>({{E::bytes, "bytes"}, {E::sentencepiece, "sentencepiece"}});
};
template <>
struct coldstart::EnumText<coldstart::train::ModelKind> {
  using E = train::ModelKind;
  static constexpr auto names =
      enum_names<E>({{E::gpt, "gpt"}, {E::mlp, "mlp"}, {E::residual, "residual"}});
};
