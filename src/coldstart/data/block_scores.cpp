#include "coldstart/data/block_scores.h"

#define ZLIB_CONST  // const input
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/parallel.h"
#include "coldstart/data/shard_format.h"

namespace coldstart::data {

namespace {

constexpr std::string_view kMagic = "CSSCORES";
constexpr uint32_t kVersion = 1;

struct RawHeader {
  char magic[8];
  uint32_t version, block_tokens;
  uint64_t blocks, checksum;
};
static_assert(sizeof(RawHeader) == 32);

// One deflate state, used again for text after text.
class Deflater {
 public:
  Deflater() {
    // Raw: no header that would count in a small block.
    const int status = deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
                                    MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    if (status != Z_OK)
      throw ResourceError("data prepare", fmt::format("zlib gave error {}", status),
                          "there may be too little memory");
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  int64_t compressed_bytes(std::string_view text) {
    deflateReset(&stream_);
    out_.resize(deflateBound(&stream_, static_cast<uLong>(text.size())));
    stream_.next_in = reinterpret_cast<const Bytef*>(text.data());
    stream_.avail_in = narrow<uInt>(text.size());
    stream_.next_out = out_.data();
    stream_.avail_out = narrow<uInt>(out_.size());
    const int status = deflate(&stream_, Z_FINISH);
    COLDSTART_CHECK(status == Z_STREAM_END, "deflate gave {}", status);
    return narrow<int64_t>(stream_.total_out);
  }

  double bits_per_byte(std::string_view text) {
    if (text.empty()) return 0;
    return 8 * static_cast<double>(compressed_bytes(text)) / static_cast<double>(text.size());
  }

 private:
  z_stream stream_ = {};
  std::vector<Bytef> out_;
};

uint64_t hash_of(const BlockScores& scores) {
  return content_hash(scores.bits_per_byte.data(), scores.bits_per_byte.size() * sizeof(float));
}

}  // namespace

double compressed_bits_per_byte(std::string_view text) { return Deflater().bits_per_byte(text); }

std::string BlockScores::checksum() const { return hash_text(hash_of(*this)); }

std::vector<double> BlockScores::sums() const {
  std::vector<double> sums{0};
  for (const float score : bits_per_byte)
    sums.push_back(sums.back() + static_cast<double>(score) * static_cast<double>(block_tokens));
  return sums;
}

void BlockScorer::score(std::span<const int32_t> tokens) {
  const auto size = static_cast<size_t>(kScoredTokens);
  const size_t blocks = (tokens.size() + size - 1) / size, first = scores_.bits_per_byte.size();
  scores_.bits_per_byte.resize(first + blocks);
  parallel_for(static_cast<int64_t>(blocks), 32, [&](int64_t begin, int64_t end, int64_t) {
    Deflater deflater;
    for (auto k = static_cast<size_t>(begin); k < static_cast<size_t>(end); ++k) {
      const auto block = tokens.subspan(k * size, std::min(size, tokens.size() - k * size));
      scores_.bits_per_byte[first + k] =
          static_cast<float>(deflater.bits_per_byte(tokenizer_.decode(block)));
    }
  });
}

void BlockScorer::append(std::span<const int32_t> tokens) {
  pending_.insert(pending_.end(), tokens.begin(), tokens.end());
  const size_t size = static_cast<size_t>(kScoredTokens), whole = pending_.size() / size * size;
  score(std::span(pending_).first(whole));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(whole));
}

BlockScores BlockScorer::finish() {
  score(pending_);
  pending_.clear();
  return std::move(scores_);
}

ScoreRecord write_scores(AtomicFile& file, const BlockScores& scores) {
  RawHeader header{};
  kMagic.copy(header.magic, sizeof header.magic);
  header.version = kVersion;
  header.block_tokens = narrow<uint32_t>(scores.block_tokens);
  header.blocks = scores.bits_per_byte.size();
  header.checksum = hash_of(scores);
  file.write(&header, sizeof header);
  file.write(scores.bits_per_byte.data(), scores.bits_per_byte.size() * sizeof(float));
  file.sync();
  return {.file = kScoresFile,
          .block_tokens = scores.block_tokens,
          .blocks = std::ssize(scores.bits_per_byte),
          .checksum = scores.checksum()};
}

BlockScores read_scores(const std::filesystem::path& path, const ScoreRecord& record) {
  const auto require = [&](bool good, std::string_view what) {
    if (!good) throw DataError(path.string(), what, kPrepareAgain);
  };
  std::error_code error;
  require(std::filesystem::is_regular_file(path, error), "the file of the scores is missing");
  const MappedFile file(path);
  const auto bytes = file.bytes();
  RawHeader header{};
  require(bytes.size() >= sizeof header, "the scores are cut off in their header");
  std::memcpy(&header, bytes.data(), sizeof header);
  require(
      std::string_view(header.magic, sizeof header.magic) == kMagic && header.version == kVersion,
      "these are no block scores of this version");
  const size_t payload = bytes.size() - sizeof header;
  require(payload % sizeof(float) == 0 && header.blocks == payload / sizeof(float) &&
              header.blocks > 0 && header.block_tokens > 0,
          "the scores are cut off or have extra bytes");
  BlockScores scores{.block_tokens = header.block_tokens, .bits_per_byte = {}};
  scores.bits_per_byte.resize(header.blocks);
  std::memcpy(scores.bits_per_byte.data(), bytes.data() + sizeof header, payload);
  require(header.checksum == hash_of(scores), "the scores are damaged (checksum differs)");
  require(scores.checksum() == record.checksum && scores.block_tokens == record.block_tokens,
          "the scores belong to another dataset than the manifest");
  return scores;
}

}  // namespace coldstart::data
