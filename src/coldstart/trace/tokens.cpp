// The tokens of a trace: from a safetensors file or from text.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>

#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/io/safetensors.h"
#include "coldstart/trace/step.h"

namespace coldstart::trace {

namespace {

int32_t checked_id(int64_t id, const std::string& where) {
  if (id < -1 || id > std::numeric_limits<int32_t>::max()) {
    throw DataError(where, fmt::format("not a token id; got {}", id), "");
  }
  return static_cast<int32_t>(id);
}

std::vector<int32_t> read_ids(const io::SafetensorsReader& file, const io::StoredTensor& tensor,
                              const std::string& where) {
  std::vector<int32_t> ids;
  for (const int64_t id : file.read_integers(tensor)) ids.push_back(checked_id(id, where));
  return ids;
}

TokenBatch read_safetensors_batch(const std::filesystem::path& path) {
  const std::string where = path.string();
  const io::SafetensorsReader file(path);
  const io::StoredTensor& tokens = file.named("tokens");
  if (tokens.shape.empty() || tokens.shape.size() > 2) {
    throw DataError(
        where, fmt::format("'tokens' has {} axes, expected (B, T) or (T)", tokens.shape.size()),
        "");
  }
  TokenBatch batch;
  batch.tokens = read_ids(file, tokens, where);
  batch.T = tokens.shape.back();
  batch.B = tokens.shape.size() == 2 ? tokens.shape[0] : 1;
  if (const io::StoredTensor* targets = file.find("targets")) {
    if (targets->shape != tokens.shape) {
      throw DataError(where, "'targets' and 'tokens' differ in shape",
                      "targets[b, t] is what tokens[b, t] should predict, -1 for nothing");
    }
    batch.targets = read_ids(file, *targets, where);
  }
  return batch;
}

TokenBatch read_text_batch(const std::filesystem::path& path) {
  TokenBatch batch;
  std::istringstream text(read_file(path));
  std::string line, word;
  for (int64_t number = 1; std::getline(text, line); ++number) {
    const std::string where = fmt::format("{}:{}", path.string(), number);
    std::istringstream words(line);
    int64_t length = 0;
    for (; words >> word; ++length) {
      const std::optional<int64_t> id = parse_int(word);
      if (!id) {
        throw DataError(where,
                        fmt::format("not a token id; got '{}', expected a whole number", word),
                        "one sequence of token ids a line, or a .safetensors file");
      }
      batch.tokens.push_back(checked_id(*id, where));
    }
    if (length == 0) continue;
    if (batch.B > 0 && length != batch.T) {
      throw DataError(
          where,
          fmt::format("sequences differ in length; got {}, expected {} as above", length, batch.T),
          "all lines must have the same number of ids");
    }
    batch.T = length;
    batch.B += 1;
  }
  return batch;
}

void predict_next_token(TokenBatch& batch) {
  batch.targets.assign(batch.tokens.begin() + 1, batch.tokens.end());
  batch.targets.push_back(-1);
  for (int64_t b = 1; b < batch.B; ++b) batch.targets[static_cast<size_t>(b * batch.T - 1)] = -1;
}

}  // namespace

TokenBatch read_token_batch(const std::filesystem::path& path) {
  TokenBatch batch =
      path.extension() == ".safetensors" ? read_safetensors_batch(path) : read_text_batch(path);
  if (batch.tokens.empty()) throw DataError(path.string(), "there are no tokens", "");
  if (batch.targets.empty()) predict_next_token(batch);
  if (std::ranges::all_of(batch.targets, [](int32_t target) { return target < 0; })) {
    throw DataError(path.string(), "no position has a target",
                    "a sequence needs two tokens, or 'targets' that are not all -1");
  }
  return batch;
}

}  // namespace coldstart::trace
