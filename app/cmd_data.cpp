// coldstart data prepare, coldstart data info.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "coldstart/core/text.h"
#include "coldstart/data/info.h"
#include "coldstart/data/prepare.h"

namespace coldstart::app {

namespace {

struct PrepareFlags {
  std::vector<std::string> sources;
  std::string out;
  data::PrepareOptions options;
  bool force = false;
};

void add_prepare(CLI::App& data_verb) {
  auto flags = std::make_shared<PrepareFlags>();
  data::PrepareOptions& options = flags->options;
  CLI::App* verb = data_verb.add_subcommand("prepare", "split and tokenize text into shards");
  verb->add_option("sources", flags->sources,
                   "text files, directories, builtin:headers, builtin:stories")
      ->required();
  verb->add_option("--out", flags->out, "directory for the dataset")->required();
  verb->add_option("--tokenizer", options.tokenizer, "bytes or sentencepiece")
      ->capture_default_str();
  verb->add_option("--vocab-size", options.vocab_size,
                   "sentencepiece: tokens to train (default 4096)");
  verb->add_option("--model-type", options.model_type, "sentencepiece: bpe (default) or unigram");
  verb->add_option("--val-fraction", options.split.val_fraction, "share held out for validation")
      ->capture_default_str();
  verb->add_option("--block-bytes", options.split.block_bytes,
                   "size of the blocks that are held out; 0 = from the size of the text")
      ->capture_default_str();
  verb->add_option("--seed", options.split.seed, "which blocks are held out")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--stories-bytes,--bytes", options.corpus.stories_bytes,
                   "builtin:stories: how much text")
      ->capture_default_str();
  verb->add_option("--stories-seed", options.corpus.stories_seed, "builtin:stories: which stories")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_flag("--force", flags->force, "replace a dataset that is already there");
  verb->footer(
      "Examples:\n  coldstart data prepare my_texts/ --out data/mine\n"
      "  coldstart data prepare book.txt --out data/book --tokenizer sentencepiece --vocab-size "
      "2048");
  verb->callback([flags] {
    const data::Manifest manifest =
        data::prepare(flags->sources, flags->options, flags->out, flags->force);
    for (const data::ShardRecord* shard : {&manifest.train, &manifest.val})
      fmt::print("{:<10} {:>12} tokens  {:>10} of text  {:>4} blocks\n", shard->file, shard->tokens,
                 human_bytes(static_cast<double>(shard->bytes)), shard->blocks);
    fmt::print("dataset {} in {} ({} tokenizer, vocabulary {})\n", manifest.id, flags->out,
               manifest.tokenizer, manifest.vocab_size);
  });
}

void add_info(CLI::App& data_verb) {
  struct Flags {
    std::string path;
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* verb = data_verb.add_subcommand("info", "statistics and samples of a dataset");
  verb->add_option("path", flags->path, "a prepared directory, a shard, or an llm.c .bin file")
      ->required();
  verb->add_flag("--json", flags->json, "for machines");
  verb->footer("Example:\n  coldstart data info data/mine");
  verb->callback([flags] {
    const data::DataInfo info = data::inspect(flags->path);
    fmt::print("{}", flags->json ? info.to_json() : info.to_text());
  });
}

}  // namespace

void add_data(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("data", "prepare text for training; look at what is there");
  verb->require_subcommand(1);
  add_prepare(*verb);
  add_info(*verb);
  verb->footer(
      "Examples:\n  coldstart data prepare my_texts/ --out data/mine\n"
      "  coldstart data info data/mine");
}

}  // namespace coldstart::app
