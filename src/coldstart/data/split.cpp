#include "coldstart/data/split.h"

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/data/permutation.h"
#include "coldstart/data/utf8.h"

namespace coldstart::data {

namespace {

constexpr int64_t kLargestBlock = 64 << 10, kSmallestBlock = 4 << 10;

size_t block_length(std::string_view text, size_t nominal) {
  if (text.size() <= nominal) return text.size();
  const size_t line_end = text.find('\n', nominal - 1);
  if (line_end < 2 * nominal) return line_end + 1;
  return text.size() <= 2 * nominal ? text.size() : utf8_floor(text, 2 * nominal);
}

}  // namespace

int64_t default_block_bytes(int64_t text_bytes) {
  const int64_t hundredth = std::clamp(text_bytes / 100, kSmallestBlock, kLargestBlock);
  return std::max<int64_t>(1, std::min(hundredth, text_bytes / 20));
}

void check_options(const SplitOptions& options) {
  if (!(options.val_fraction > 0 && options.val_fraction < 1))
    throw ConfigError("data.val_fraction",
                      fmt::format("out of range; got {}, expected more than 0 and less than 1",
                                  options.val_fraction),
                      "0.1 keeps a tenth of the text for validation");
  if (options.block_bytes < 0)
    throw ConfigError(
        "data.block_bytes",
        fmt::format("out of range; got {}, expected 0 (automatic) or more", options.block_bytes),
        "");
}

std::vector<Block> split_blocks(std::string_view text, const SplitOptions& options) {
  check_options(options);
  const auto nominal = static_cast<size_t>(
      options.block_bytes > 0 ? options.block_bytes
                              : default_block_bytes(static_cast<int64_t>(text.size())));
  std::vector<Block> blocks;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = block_length(rest, nominal);
    blocks.push_back({rest.substr(0, length), false});
    rest.remove_prefix(length);
  }
  const auto count = static_cast<int64_t>(blocks.size());
  if (count < 2)
    throw DataError(
        "data split",
        fmt::format("the text is too short to be split; got {} bytes in {} block of up to {} "
                    "bytes, expected at least 2 blocks",
                    text.size(), count, 2 * nominal),
        "give more text, with line feeds, or a smaller --block-bytes");
  const auto validation = std::clamp<int64_t>(
      std::llround(options.val_fraction * static_cast<double>(count)), 1, count - 1);
  const Permutation order(count, Rng(options.seed, Stream::data_split));
  for (int64_t i = 0; i < count; ++i)
    blocks[static_cast<size_t>(i)].validation = order(i) < validation;
  return blocks;
}

}  // namespace coldstart::data
