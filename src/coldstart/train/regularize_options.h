// RegularizeOptions: what keeps a run from fitting its data too closely, the table [regularize].
// All of it is off by default, and works on training batches alone: evaluations see the plain
// model, the plain loss and the data as they are.
//
//   dropout         on the embeddings' sum and on what attention and MLP add to the residual stream
//   attention_dropout   on the attention weights, behind their softmax   (kernels/dropout.h)
//   label_smoothing     the target is 1-e of the token and e of the uniform distribution
//   random_tokens, masked_tokens   input tokens replaced; targets stay   (data/augment.h)
//
// Strength at a step = the option times its factor at the step (`ramps`, train/ramps.h); weight
// decay, which is an option of [optimizer], has such a factor too. Each of these is a source of
// gradient variance (train/variance_sources.h). Test: tests/train/regularizer_test.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "coldstart/core/fields.h"

namespace coldstart::train {

struct RegularizeOptions {
  double dropout = 0;
  double attention_dropout = 0;
  double label_smoothing = 0;
  double random_tokens = 0;
  double masked_tokens = 0;
  int64_t mask_span = 1;
  int64_t mask_token = 0;
  std::string ramps = {};

  template <class V>
  void fields(V&& v) {
    v("dropout", dropout,
      {"share dropped of the embeddings and of what attention and MLP add to the residual stream, "
       "to 1/65536",
       from_to_below(0, 1)});
    v("attention_dropout", attention_dropout,
      {"share dropped of the attention weights", from_to_below(0, 1)});
    v("label_smoothing", label_smoothing,
      {"share of every training target that is spread over the vocabulary", from_to_below(0, 1)});
    v("random_tokens", random_tokens,
      {"share of input tokens replaced by others, drawn from the vocabulary of the data",
       between(0, 1)});
    v("masked_tokens", masked_tokens,
      {"share of input tokens replaced by the mask token, in spans", between(0, 1)});
    v("mask_span", mask_span, {"length of a masked span", between(1, 1e6), "tokens"});
    v("mask_token", mask_token,
      {"id that stands for a masked token; 0 is the byte 0 with bytes and <unk> with "
       "sentencepiece, "
       "which text hardly holds",
       at_least(0)});
    v("ramps", ramps,
      {"factors of a strength over the run: NAME=FROM..TO@BEGIN..END separated by commas, of "
       "dropout, attention_dropout, label_smoothing or weight_decay; BEGIN and END are steps or "
       "shares of the run: \"dropout=0..1@10%..50%\""});
  }
};

}  // namespace coldstart::train
