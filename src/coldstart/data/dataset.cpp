#include "coldstart/data/dataset.h"

#include <unistd.h>

#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/data/eval_set.h"
#include "coldstart/data/loader.h"
#include "coldstart/data/ranked_loader.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

TokenShard open_recorded(const fs::path& directory, const ShardRecord& record,
                         const Manifest& manifest) {
  TokenShard shard(directory / record.file);
  if (hash_text(shard.view().checksum) != record.checksum ||
      shard.view().vocab_size != manifest.vocab_size)
    throw DataError(shard.path().string(), "the shard belongs to another dataset than the manifest",
                    kPrepareAgain);
  return shard;
}

// "x_train.bin" -> "x_val.bin"; empty when the name does not say "train".
fs::path validation_beside(const fs::path& train) {
  std::string name = train.filename().string();
  const size_t at = name.rfind("train");
  if (at == std::string::npos) return {};
  return train.parent_path() / name.replace(at, 5, "val");
}

Dataset open_token_files(const fs::path& path) {
  const fs::path beside = validation_beside(path);
  std::error_code error;
  if (beside.empty() || !fs::is_regular_file(beside, error))
    throw DataError(path.string(), "there is no validation shard beside this shard",
                    "name the files NAME_train.bin and NAME_val.bin, and give the first");
  Dataset dataset(TokenShard(path), TokenShard(beside), path.parent_path());
  if (dataset.train.view().vocab_size != dataset.val.view().vocab_size)
    throw DataError(
        beside.string(),
        fmt::format("the vocabulary differs from the training shard; got {}, expected {}",
                    dataset.val.view().vocab_size, dataset.train.view().vocab_size),
        "give two shards of the same tokenizer");
  dataset.id = hash_text(
      Hasher().add(dataset.train.view().checksum).add(dataset.val.view().checksum).digest());
  return dataset;
}

// Several runs may want the same text at the same time: each prepares it aside and the first one to
// finish moves it into place.
void prepare_in_cache(const Corpus& corpus, const std::vector<std::string>& sources,
                      const PrepareOptions& options, const fs::path& directory) {
  fs::path aside = directory;
  aside += fmt::format(".tmp-{}", getpid());
  prepare_corpus(corpus, sources, options, aside, true);
  std::error_code error, ignored;
  fs::rename(aside, directory, error);
  if (!error) return;
  fs::remove_all(aside, ignored);
  if (!has_manifest(directory))
    throw ResourceError(directory.string(),
                        fmt::format("cannot move the dataset into place: {}", error.message()),
                        "delete what is there, or choose another directory");
}

}  // namespace

std::string Dataset::describe() const {
  const auto count = [](int64_t tokens) { return human_count(static_cast<double>(tokens)); };
  return fmt::format("{} training and {} validation tokens, {}", count(train.size()),
                     count(val.size()), tokenizer ? tokenizer->name() : "token file");
}

std::unique_ptr<Loader> Dataset::loader(int64_t T, uint64_t seed) const {
  return std::make_unique<BatchLoader>(train.view(), T, seed);
}

std::unique_ptr<GradedLoader> Dataset::graded_loader(int64_t T, uint64_t seed,
                                                     bool hardest_first) const {
  return std::make_unique<RankedLoader>(train.view(), block_scores(), T, seed, hardest_first);
}

std::unique_ptr<EvalSource> Dataset::eval_source(Split split, int64_t T, int64_t max_tokens) const {
  const TokenShard& shard = split == Split::train ? train : val;
  return std::make_unique<EvalSet>(shard.view(), T, max_tokens);
}

std::optional<double> Dataset::bytes_per_token() const {
  const TokenView& view = val.view();
  if (view.source_bytes == 0 || view.size == 0) return std::nullopt;
  return static_cast<double>(view.source_bytes) / static_cast<double>(view.size);
}

BlockScores Dataset::block_scores() const {
  if (!scores)
    throw DataError(directory.string(),
                    tokenizer == nullptr
                        ? "a token file has no compression scores: they come from the text"
                        : "the dataset has no compression scores: it was prepared before there "
                          "were any",
                    kPrepareAgain);
  return read_scores(directory / scores->file, *scores);
}

Dataset open_prepared(const fs::path& directory) {
  const Manifest manifest = read_manifest(directory);
  Dataset dataset(open_recorded(directory, manifest.train, manifest),
                  open_recorded(directory, manifest.val, manifest), directory);
  dataset.tokenizer = load_tokenizer(manifest.tokenizer, directory);
  dataset.id = manifest.id;
  dataset.scores = manifest.scores;
  if (dataset.tokenizer->vocab_size() != manifest.vocab_size)
    throw DataError(directory.string(),
                    fmt::format("the tokenizer does not belong to the shards; got {} tokens, "
                                "expected {}",
                                dataset.tokenizer->vocab_size(), manifest.vocab_size),
                    kPrepareAgain);
  return dataset;
}

Dataset open_dataset(const std::string& path, const PrepareOptions& options,
                     const fs::path& cache) {
  std::error_code error;
  const bool builtin = path.starts_with(kBuiltinPrefix);
  if (!builtin && has_manifest(path)) return open_prepared(path);
  if (!builtin && fs::is_regular_file(path, error) && looks_like_shard(MappedFile(path).bytes()))
    return open_token_files(path);

  check_options(options);
  const std::vector<std::string> sources = {path};
  const Corpus corpus = read_corpus(sources, options.corpus);
  const fs::path directory = cache / hash_text(preparation_hash(corpus, options));
  if (!has_manifest(directory)) prepare_in_cache(corpus, sources, options, directory);
  return open_prepared(directory);
}

}  // namespace coldstart::data
