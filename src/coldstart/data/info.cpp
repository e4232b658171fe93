#include "coldstart/data/info.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/quantile.h"
#include "coldstart/core/text.h"
#include "coldstart/data/dataset.h"
#include "coldstart/data/utf8.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

constexpr size_t kTop = 10;
constexpr int64_t kSamples = 3, kSampleTokens = 120;

std::vector<int64_t> count_tokens(const TokenView& view) {
  std::vector<int64_t> counts(static_cast<size_t>(view.vocab_size), 0);
  std::vector<int32_t> part;
  constexpr int64_t kPart = 1 << 16;
  for (int64_t begin = 0; begin < view.size; begin += kPart) {
    part.resize(static_cast<size_t>(std::min(kPart, view.size - begin)));
    view.read(begin, part);
    for (const int32_t token : part) ++counts[static_cast<size_t>(token)];
  }
  return counts;
}

std::string sample_at(const TokenView& view, int64_t begin, const Tokenizer* tokenizer) {
  std::vector<int32_t> tokens(static_cast<size_t>(std::min(kSampleTokens, view.size - begin)));
  view.read(begin, tokens);
  if (tokenizer != nullptr) return printable(tokenizer->decode(tokens), true);
  return fmt::format("{}", fmt::join(tokens, " "));
}

std::string indented(const std::string& text) {
  std::string result = "    ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "    ";
  }
  return result;
}

}  // namespace

double ShardInfo::bytes_per_token() const {
  return tokens == 0 ? 0 : static_cast<double>(source_bytes) / static_cast<double>(tokens);
}

ShardInfo inspect_shard(const TokenShard& shard, const Tokenizer* tokenizer) {
  const TokenView& view = shard.view();
  ShardInfo info;
  info.file = shard.path().filename().string();
  info.tokens = view.size;
  info.source_bytes = view.source_bytes;
  info.token_width = view.width;
  const std::vector<int64_t> counts = count_tokens(view);
  std::vector<int32_t> ids;
  for (size_t id = 0; id < counts.size(); ++id) {
    if (counts[id] == 0) continue;
    ids.push_back(static_cast<int32_t>(id));
    const double p = static_cast<double>(counts[id]) / static_cast<double>(view.size);
    info.entropy_bits -= p * std::log2(p);
  }
  info.used_vocab = static_cast<int64_t>(ids.size());
  const auto count_of = [&](int32_t id) { return counts[static_cast<size_t>(id)]; };
  std::stable_sort(ids.begin(), ids.end(),
                   [&](int32_t a, int32_t b) { return count_of(a) > count_of(b); });
  ids.resize(std::min(ids.size(), kTop));
  for (const int32_t id : ids)
    info.top.push_back({id, count_of(id),
                        tokenizer == nullptr ? "" : printable(tokenizer->token_bytes(id), false)});
  for (int64_t k = 0; k < kSamples && view.size > k * kSampleTokens; ++k)
    info.samples.push_back(sample_at(view, view.size / kSamples * k, tokenizer));
  return info;
}

ScoreInfo inspect_scores(const BlockScores& scores, const TokenView& train,
                         const Tokenizer& tokenizer) {
  const std::vector<float>& values = scores.bits_per_byte;
  COLDSTART_CHECK(!values.empty(), "no scores");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double value : sorted) sum += value;
  const auto beginning = [&](auto block) {
    return sample_at(train, (block - values.begin()) * scores.block_tokens, &tokenizer);
  };
  return {.blocks = std::ssize(values),
          .block_tokens = scores.block_tokens,
          .mean = sum / static_cast<double>(sorted.size()),
          .lowest = sorted.front(),
          .quarter = quantile(sorted, 0.25),
          .median = quantile(sorted, 0.5),
          .three_quarters = quantile(sorted, 0.75),
          .highest = sorted.back(),
          .easiest = beginning(std::min_element(values.begin(), values.end())),
          .hardest = beginning(std::max_element(values.begin(), values.end()))};
}

DataInfo inspect(const fs::path& path) {
  DataInfo info;
  info.path = path.string();
  if (has_manifest(path)) {
    const Dataset dataset = open_prepared(path);
    info.id = dataset.id;
    info.tokenizer = dataset.tokenizer->name();
    info.sources = read_manifest(path).sources;
    info.vocab_size = dataset.vocab_size();
    info.shards = {inspect_shard(dataset.train, dataset.tokenizer.get()),
                   inspect_shard(dataset.val, dataset.tokenizer.get())};
    if (dataset.scores)
      info.scores =
          inspect_scores(dataset.block_scores(), dataset.train.view(), *dataset.tokenizer);
    return info;
  }
  std::error_code error;
  if (fs::is_directory(path, error)) read_manifest(path);  // says what is missing
  const TokenShard shard(path);
  info.vocab_size = shard.view().vocab_size;
  std::shared_ptr<const Tokenizer> tokenizer;
  if (const fs::path directory = path.parent_path(); has_manifest(directory)) {
    const Manifest manifest = read_manifest(directory);
    const std::string checksum = hash_text(shard.view().checksum);
    if (checksum == manifest.train.checksum || checksum == manifest.val.checksum)
      tokenizer = load_tokenizer(manifest.tokenizer, directory);
  }
  if (tokenizer != nullptr) info.tokenizer = tokenizer->name();
  info.shards = {inspect_shard(shard, tokenizer.get())};
  return info;
}

std::string DataInfo::to_json() const {
  using Json = nlohmann::ordered_json;
  Json json = {{"path", path},
               {"id", id},
               {"tokenizer", tokenizer},
               {"vocab_size", vocab_size},
               {"sources", sources}};
  json["shards"] = Json::array();
  for (const ShardInfo& shard : shards) {
    Json record = {{"file", shard.file},
                   {"tokens", shard.tokens},
                   {"token_width", shard.token_width},
                   {"source_bytes", shard.source_bytes},
                   {"bytes_per_token", shard.bytes_per_token()},
                   {"used_vocab", shard.used_vocab},
                   {"entropy_bits", shard.entropy_bits},
                   {"top", Json::array()},
                   {"samples", shard.samples}};
    for (const TokenCount& token : shard.top)
      record["top"].push_back({{"id", token.id}, {"count", token.count}, {"text", token.text}});
    json["shards"].push_back(std::move(record));
  }
  if (scores) {
    json["scores"] = {{"blocks", scores->blocks},
                      {"block_tokens", scores->block_tokens},
                      {"mean", scores->mean},
                      {"lowest", scores->lowest},
                      {"quarter", scores->quarter},
                      {"median", scores->median},
                      {"three_quarters", scores->three_quarters},
                      {"highest", scores->highest},
                      {"easiest", scores->easiest},
                      {"hardest", scores->hardest}};
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string DataInfo::to_text() const {
  std::string text = fmt::format("{}\n", path);
  if (!id.empty()) text += fmt::format("  id           {}\n", id);
  if (!sources.empty()) text += fmt::format("  sources      {}\n", fmt::join(sources, ", "));
  text += fmt::format("  tokenizer    {}\n", tokenizer.empty() ? "unknown" : tokenizer);
  text += fmt::format("  vocabulary   {}\n", vocab_size);
  for (const ShardInfo& shard : shards) {
    text += fmt::format("\n{}\n  tokens       {} ({} bytes each)\n", shard.file, shard.tokens,
                        shard.token_width);
    if (shard.source_bytes > 0)
      text += fmt::format("  text         {}, {:.3f} bytes a token\n",
                          human_bytes(static_cast<double>(shard.source_bytes)),
                          shard.bytes_per_token());
    text += fmt::format("  vocabulary   {} of {} tokens occur\n", shard.used_vocab, vocab_size);
    text += fmt::format("  unigrams     {:.3f} bits a token = {:.3f} nats\n", shard.entropy_bits,
                        shard.entropy_bits * std::log(2.0));
    text += "  most frequent\n";
    for (const TokenCount& token : shard.top)
      text +=
          fmt::format("    {:>7}  {:5.2f} %  {}\n", token.id,
                      100 * static_cast<double>(token.count) / static_cast<double>(shard.tokens),
                      token.text.empty() ? "" : fmt::format("'{}'", token.text));
    for (const std::string& sample : shard.samples)
      text += fmt::format("  sample\n{}\n", indented(sample));
  }
  if (scores) {
    const ScoreInfo& s = *scores;
    text += fmt::format(
        "\n{}\n  blocks       {} of {} tokens, compressed one by one\n"
        "  bits a byte  mean {:.3f}; lowest {:.3f}, quarter {:.3f}, median {:.3f}, three quarters "
        "{:.3f}, highest {:.3f}\n  easiest\n{}\n  hardest\n{}\n",
        kScoresFile, s.blocks, s.block_tokens, s.mean, s.lowest, s.quarter, s.median,
        s.three_quarters, s.highest, indented(s.easiest), indented(s.hardest));
  }
  return text;
}

}  // namespace coldstart::data
