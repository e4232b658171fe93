#include "coldstart/tune/data_split.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/data/corpus.h"
#include "coldstart/data/dataset.h"
#include "coldstart/data/info.h"
#include "coldstart/data/prepare.h"
#include "coldstart/data/shard.h"
#include "coldstart/data/split.h"

namespace coldstart::tune {

namespace {

data::PrepareOptions options_of(double share, uint64_t seed) {
  data::PrepareOptions options;
  options.split.val_fraction = share;
  options.split.seed = seed;
  return options;
}

data::Corpus read_text(const std::string& text) {
  std::error_code error;
  const bool builtin = text.starts_with(data::kBuiltinPrefix);
  const bool shard =
      !builtin && std::filesystem::is_regular_file(text, error) && text.ends_with(".bin");
  if (!builtin && (data::has_manifest(text) || shard))
    throw ConfigError("tune", fmt::format("'{}' is prepared data", text),
                      "give the text itself: a part of it is kept back for the final scores");
  const std::vector<std::string> sources = {text};
  return data::read_corpus(sources, {});
}

data::Corpus without_test(const data::Corpus& corpus) {
  data::Corpus rest{.text = {}, .files = corpus.files};
  const data::PrepareOptions options = options_of(kTestShare, kTestSeed);
  for (const data::Block& block : data::split_blocks(corpus.text, options.split))
    if (!block.validation) rest.text += block.text;
  return rest;
}

}  // namespace

SplitText split_text(const std::string& text, const std::filesystem::path& data,
                     const std::filesystem::path& test) {
  if (!data::has_manifest(data) || !data::has_manifest(test)) {
    const data::Corpus corpus = read_text(text);
    data::prepare_corpus(corpus, {text}, options_of(kTestShare, kTestSeed), test, true);
    data::prepare_corpus(without_test(corpus), {text}, options_of(kValShare, 1), data, true);
  }
  const data::Dataset prepared = data::open_prepared(data);
  const data::ShardInfo info = data::inspect_shard(prepared.train, prepared.tokenizer.get());
  return {.train_tokens = prepared.train.size(),
          .val_tokens = prepared.val.size(),
          .test_tokens = data::open_prepared(test).val.size(),
          .unigram_nats = info.entropy_bits * std::numbers::ln2};
}

SplitText plan_split(const std::string& text) {
  const auto bytes = static_cast<double>(read_text(text).text.size());
  const double rest = bytes * (1 - kTestShare);
  return {.train_tokens = std::llround(rest * (1 - kValShare)),
          .val_tokens = std::llround(rest * kValShare),
          .test_tokens = std::llround(bytes * kTestShare)};
}

}  // namespace coldstart::tune
