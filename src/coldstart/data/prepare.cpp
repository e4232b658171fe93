#include "coldstart/data/prepare.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/core/text.h"
#include "coldstart/data/block_scores.h"
#include "coldstart/data/bytes_tokenizer.h"
#include "coldstart/data/sentencepiece_tokenizer.h"
#include "coldstart/data/shard.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTrainFile = "train.bin";
constexpr const char* kValFile = "val.bin";
constexpr int64_t kSmallestVocab = 258, kLargestVocab = 1 << 20;

void require_one_of(std::string_view where, const std::string& value,
                    const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), value) != names.end()) return;
  const std::string nearest = nearest_name(value, names);
  throw ConfigError(
      where, fmt::format("unknown value; got '{}', expected {}", value, fmt::join(names, " or ")),
      nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest));
}

// Refuses to overwrite, before any work is done.
void require_free(const fs::path& directory, bool force) {
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_directory(directory, error))
    throw ConfigError("data prepare", fmt::format("'{}' is not a directory", directory.string()),
                      "choose another --out");
  if (force) return;
  for (const char* file : {kManifestFile, kTrainFile, kValFile})
    if (fs::exists(directory / file, error))
      throw ConfigError(
          "data prepare",
          fmt::format("the output directory '{}' already holds {}", directory.string(),
                      file == kManifestFile ? "a dataset" : fmt::format("a file {}", file)),
          "choose another --out, or replace it with --force");
}

std::shared_ptr<const Tokenizer> make_tokenizer(const std::vector<Block>& blocks,
                                                const PrepareOptions& options) {
  if (options.tokenizer == BytesTokenizer::kName) return std::make_shared<BytesTokenizer>();
  std::string training_text;
  for (const Block& block : blocks)
    if (!block.validation) training_text += block.text;
  SentencePieceOptions training;
  if (options.vocab_size != 0) training.vocab_size = options.vocab_size;
  if (!options.model_type.empty()) training.model_type = options.model_type;
  return SentencePieceTokenizer::train(training_text, training);
}

// Encodes the blocks of one side, in order, and writes them into a shard that is not committed yet.
struct StagedShard {
  StagedShard(const fs::path& directory, const char* file, const Tokenizer& tokenizer)
      : writer(directory / file, tokenizer.vocab_size()) {
    record.file = file;
  }

  // scorer: of the same tokens, or null.
  void encode(const std::vector<Block>& blocks, bool validation, const Tokenizer& tokenizer,
              BlockScorer* scorer) {
    std::vector<std::string_view> texts;
    for (const Block& block : blocks)
      if (block.validation == validation) texts.push_back(block.text);
    constexpr size_t kGroup = 64;  // blocks in flight: bounds memory, keeps all threads busy
    for (size_t first = 0; first < texts.size(); first += kGroup) {
      const auto group = std::span(texts).subspan(first, std::min(kGroup, texts.size() - first));
      std::vector<std::vector<int32_t>> tokens(group.size());
      parallel_for(static_cast<int64_t>(group.size()), 1, [&](int64_t begin, int64_t end, int64_t) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
          tokens[i] = tokenizer.encode(group[i]);
      });
      for (const auto& block : tokens) {
        writer.append(block);
        if (scorer != nullptr) scorer->append(block);
      }
    }
    for (const std::string_view text : texts) record.bytes += static_cast<int64_t>(text.size());
    record.blocks = static_cast<int64_t>(texts.size());
    record.tokens = writer.size();
    record.checksum = hash_text(writer.checksum());
    writer.sync(record.bytes);
  }

  void commit() { writer.commit(record.bytes); }

  ShardWriter writer;
  ShardRecord record;
};

// Makes a directory; one that was made here and is still empty at the end is removed again.
class NewDirectory {
 public:
  explicit NewDirectory(const fs::path& path) : path_(path) {
    std::error_code error;
    existed_ = fs::exists(path, error);
    make_directories(path);
  }
  ~NewDirectory() {
    std::error_code ignored;
    if (!existed_) fs::remove(path_, ignored);  // fails, as it should, when it is not empty
  }

 private:
  fs::path path_;
  bool existed_ = false;
};

}  // namespace

void check_options(const PrepareOptions& options) {
  require_one_of("data.tokenizer", options.tokenizer, {"bytes", "sentencepiece"});
  check_options(options.split);
  if (options.corpus.stories_bytes < 1)
    throw ConfigError(
        "data.bytes",
        fmt::format("out of range; got {}, expected 1 or more", options.corpus.stories_bytes),
        "say how much text builtin:stories tells");
  const bool bytes = options.tokenizer == BytesTokenizer::kName;
  if (!options.model_type.empty()) {
    require_one_of("data.model_type", options.model_type, {"bpe", "unigram"});
    if (bytes)
      throw ConfigError("data.model_type", "the bytes tokenizer has no model",
                        "add --tokenizer sentencepiece to choose one");
  }
  if (bytes && options.vocab_size != 0 && options.vocab_size != 256)
    throw ConfigError("data.vocab_size",
                      fmt::format("the bytes tokenizer has 256 tokens; got {}, expected 256 or 0",
                                  options.vocab_size),
                      "add --tokenizer sentencepiece to choose the size");
  if (!bytes && options.vocab_size != 0 &&
      (options.vocab_size < kSmallestVocab || options.vocab_size > kLargestVocab))
    throw ConfigError(
        "data.vocab_size",
        fmt::format("out of range; got {}, expected {} to {} (0 = {})", options.vocab_size,
                    kSmallestVocab, kLargestVocab, SentencePieceOptions{}.vocab_size),
        "256 tokens stand for single bytes; subwords come on top of them");
}

uint64_t preparation_hash(const Corpus& corpus, const PrepareOptions& options) {
  return Hasher()
      .add(corpus.text)
      .add(options.tokenizer)
      .add(static_cast<uint64_t>(options.vocab_size))
      .add(options.model_type)
      .add(&options.split.val_fraction, sizeof options.split.val_fraction)
      .add(static_cast<uint64_t>(options.split.block_bytes))
      .add(options.split.seed)
      .digest();
}

Manifest prepare(const std::vector<std::string>& sources, const PrepareOptions& options,
                 const fs::path& directory, bool force) {
  check_options(options);
  require_free(directory, force);
  return prepare_corpus(read_corpus(sources, options.corpus), sources, options, directory, force);
}

Manifest prepare_corpus(const Corpus& corpus, const std::vector<std::string>& sources,
                        const PrepareOptions& options, const fs::path& directory, bool force) {
  check_options(options);
  require_free(directory, force);
  const std::vector<Block> blocks = split_blocks(corpus.text, options.split);
  const auto tokenizer = make_tokenizer(blocks, options);

  const NewDirectory created(directory);
  StagedShard train(directory, kTrainFile, *tokenizer), val(directory, kValFile, *tokenizer);
  BlockScorer scorer(*tokenizer);
  train.encode(blocks, false, *tokenizer, &scorer);
  val.encode(blocks, true, *tokenizer, nullptr);
  AtomicFile scores_file(directory / kScoresFile);

  Manifest manifest;
  const std::string model = tokenizer->model();
  manifest.id = hash_text(Hasher()
                              .add(train.writer.checksum())
                              .add(val.writer.checksum())
                              .add(tokenizer->name())
                              .add(model)
                              .digest());
  manifest.tokenizer = tokenizer->name();
  manifest.vocab_size = tokenizer->vocab_size();
  manifest.sources = sources;
  manifest.files = corpus.files;
  manifest.block_bytes = options.split.block_bytes > 0
                             ? options.split.block_bytes
                             : default_block_bytes(static_cast<int64_t>(corpus.text.size()));
  manifest.val_fraction = options.split.val_fraction;
  manifest.split_seed = options.split.seed;
  manifest.train = train.record;
  manifest.val = val.record;
  manifest.scores = write_scores(scores_file, scorer.finish());

  AtomicFile manifest_file(directory / kManifestFile);
  manifest_file.write(manifest.to_json());
  manifest_file.sync();
  std::optional<AtomicFile> model_file;
  if (!model.empty()) {
    model_file.emplace(directory / kTokenizerModelFile);
    model_file->write(model);
    model_file->sync();
  }

  // Everything is on the disk under temporary names: only renames are left, which need no room. The
  // old manifest goes first and the new one comes last: in between the directory is no dataset, and
  // never a mixture of two.
  std::error_code ignored;
  fs::remove(directory / kManifestFile, ignored);
  fs::remove(directory / kTokenizerModelFile, ignored);
  train.commit();
  val.commit();
  scores_file.commit();
  if (model_file) model_file->commit();
  manifest_file.commit();
  return manifest;
}

}  // namespace coldstart::data
