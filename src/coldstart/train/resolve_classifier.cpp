#include "coldstart/train/resolve_classifier.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::train {

namespace {

constexpr int64_t kEmbedding = 8;  // of a byte

// A field that differs from its default, and belongs to the other kind of model.
struct Stranger {
  bool changed;
  const char* where;
  const char* what;
};

void refuse(std::initializer_list<Stranger> strangers, const char* hint) {
  for (const Stranger& s : strangers)
    if (s.changed) throw ConfigError(s.where, s.what, hint);
}

void refuse_gpt_options(const RunConfig& c) {
  const RunConfig d;
  const ModelOptions &m = c.model, &dm = d.model;
  refuse({{m.heads != dm.heads, "model.heads", "a classifier has no attention"},
          {m.kv_heads != 0, "model.kv_heads", "a classifier has no attention"},
          {m.position != dm.position, "model.position", "a classifier has no positions"},
          {m.rope_theta != dm.rope_theta, "model.rope_theta", "a classifier has no positions"},
          {m.tied_head != dm.tied_head, "model.tied_head", "a classifier has no head to tie"},
          {m.recompute, "model.recompute", "a classifier's activations are few"},
          {c.init.attention != d.init.attention, "init.attention_rule",
           "a classifier has no attention"},
          {c.data.tokenizer != d.data.tokenizer, "data.tokenizer",
           "a classifier reads examples, not text"},
          {c.regularize.dropout > 0, "regularize.dropout", "a classifier here has no dropout"},
          {c.regularize.attention_dropout > 0, "regularize.attention_dropout",
           "a classifier has no attention"},
          {c.regularize.label_smoothing > 0, "regularize.label_smoothing",
           "a classifier's loss takes its classes as they are"},
          {c.rrc.snr_sample == adapt::SnrSample::token, "rrc.snr_sample",
           "a classifier's samples are its examples, expected sequence"}},
         "leave it out, or train a GPT: model.kind = gpt");
}

}  // namespace

model::ClassifierConfig resolve_classifier(RunConfig& config, const data::Facts& facts,
                                           std::vector<std::string>& reasons) {
  refuse_gpt_options(config);
  ModelOptions& m = config.model;
  const bool residual = m.kind == ModelKind::residual;
  const auto because = [&](std::string reason) { reasons.push_back(std::move(reason)); };
  if (facts.classes > 0 && m.classes != 0 && m.classes != facts.classes)
    throw ConfigError("model.classes",
                      fmt::format("the data has another number of classes; got {}, expected {}",
                                  m.classes, facts.classes),
                      "leave model.classes at 0 to take it from the data");
  if (m.classes == 0) {
    if (facts.classes == 0)
      throw ConfigError("data.path", "a classifier needs labelled examples",
                        "--data.path builtin:files, or a file of labelled examples");
    m.classes = facts.classes;
    because(fmt::format("classes {} = classes of the data", m.classes));
  }
  if (facts.example_length > 0 && m.context != facts.example_length) {
    if (m.context != ModelOptions().context)
      throw ConfigError("model.context",
                        fmt::format("an example of the data is {} numbers long; got {}",
                                    facts.example_length, m.context),
                        "leave model.context out: the data decides");
    m.context = facts.example_length;
    because(fmt::format("context {} = numbers of an example", m.context));
  }
  if (m.vocab == 0) {
    m.vocab = facts.vocab;
    because(fmt::format("vocab {} = what the numbers are below", m.vocab));
  }
  if (m.embedding < 0) {
    m.embedding = facts.symbols ? kEmbedding : 0;
    because(facts.symbols ? fmt::format("embedding {}: examples are bytes", m.embedding)
                          : std::string("embedding 0: examples are images, scaled to -1 .. 1"));
  }
  if (m.mlp_width == 0) {
    m.mlp_width = residual ? 4 * m.width : m.width;
    if (residual) because(fmt::format("mlp_width {} = 4 x width {}", m.mlp_width, m.width));
  }
  if (!residual && m.mlp_width != m.width)
    throw ConfigError("model.mlp_width",
                      fmt::format("every layer of an mlp is as wide as the model; got {}, width {}",
                                  m.mlp_width, m.width),
                      "set model.width");
  if (m.init_residual_scale == 0) {
    m.init_residual_scale = residual ? 1 / std::sqrt(static_cast<double>(m.layers)) : 1;
    if (residual)
      because(fmt::format("init_residual_scale {:.4f} = 1/sqrt({} blocks)", m.init_residual_scale,
                          m.layers));
  }
  return {.net = residual ? model::Net::residual : model::Net::mlp,
          .T = m.context,
          .V = m.vocab,
          .classes = m.classes,
          .L = m.layers,
          .C = m.width,
          .F = m.mlp_width,
          .E = m.embedding,
          .activation = m.mlp,
          .norm = m.norm,
          .bias = m.bias};
}

void refuse_classifier_options(const RunConfig& c) {
  refuse({{c.model.classes != 0, "model.classes", "a GPT has no classes"},
          {c.model.embedding >= 0, "model.embedding",
           "the embedding of a GPT is as wide as the model"},
          {c.train.select_by != eval::SelectBy::val_loss, "train.select_by",
           "a GPT is evaluated by its loss alone, expected val_loss"}},
         "leave it out, or train a classifier: model.kind = mlp or residual");
}

}  // namespace coldstart::train
