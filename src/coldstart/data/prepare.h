// Prepares text for training: reads it, splits it, tokenizes it, writes train.bin, val.bin, the
// scores of the training blocks, the tokenizer's model and, last, the manifest.
//
// Same text and options give the same bytes, for any number of threads. Until everything is ready
// only temporary files exist, and the manifest comes last: an interrupted run leaves no dataset,
// and an old one in the same directory stays whole. A tokenizer is trained on the training blocks
// only. Test: tests/data/prepare_test.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/data/corpus.h"
#include "coldstart/data/manifest.h"
#include "coldstart/data/split.h"

namespace coldstart::data {

struct PrepareOptions {
  std::string tokenizer = "bytes";  // or "sentencepiece"
  int64_t vocab_size = 0;           // sentencepiece: 0 = 4096; bytes: 0 or 256
  std::string model_type;           // sentencepiece: bpe (also when empty) or unigram; bytes: empty
  SplitOptions split;
  CorpusOptions corpus;
};

// ConfigError for an unknown or impossible option; made first of all by prepare.
void check_options(const PrepareOptions& options);

// Everything that decides the bytes of the dataset, as one hash: text and options.
uint64_t preparation_hash(const Corpus& corpus, const PrepareOptions& options);

// `force` replaces the dataset that is in the directory. ConfigError when there is one and it is
// not given. Other files in the directory are left alone.
Manifest prepare(const std::vector<std::string>& sources, const PrepareOptions& options,
                 const std::filesystem::path& directory, bool force = false);

// The same for text that was read before; `sources` is what the manifest names.
Manifest prepare_corpus(const Corpus& corpus, const std::vector<std::string>& sources,
                        const PrepareOptions& options, const std::filesystem::path& directory,
                        bool force = false);

}  // namespace coldstart::data
