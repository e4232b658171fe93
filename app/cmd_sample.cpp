// coldstart sample RUN: the text that a trained model writes after a prompt, as it is produced.
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/run_options.h"
#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/train/load_run.h"
#include "coldstart/train/sample.h"

namespace coldstart::app {

namespace {

constexpr const char* kNotes = R"(
The prompt and the text go to standard output as they are, byte by byte: the same run, prompt, seed
and options give the same bytes. Without a prompt the text begins after a line break. Data that
brought no tokenizer takes --prompt-tokens and answers with ids, separated by commas.

Example:
  coldstart sample runs/demo --prompt "int main" --tokens 400 --temperature 0.7 --top-k 40)";

struct SampleFlags {
  std::string run, checkpoint = "last";
  std::string prompt, prompt_file;
  std::optional<std::string> prompt_tokens;
  int64_t tokens = 200, samples = 1, seed = 1;
  model::SamplerOptions sampler;
};

void put(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw ResourceError("sample", "cannot write to standard output", "");
}

std::vector<int64_t> parse_ids(const std::string& text) {
  if (auto ids = parse_int_list(text)) return *std::move(ids);
  throw ConfigError("--prompt-tokens",
                    fmt::format("not a list of token ids; got '{}', expected N,N,...", text),
                    "separate the ids by commas, without spaces");
}

// A prompt as tokens, and as it is printed before what follows it.
struct Prompt {
  std::vector<int32_t> tokens;
  std::string shown;
};

Prompt make_prompt(const SampleFlags& flags, const train::LoadedRun& run) {
  if (!flags.prompt_tokens) {
    const std::string text =
        flags.prompt_file.empty() ? flags.prompt : read_file(flags.prompt_file);
    return {train::text_prompt(run, text), text};
  }
  Prompt prompt{train::id_prompt(run, parse_ids(*flags.prompt_tokens)), {}};
  prompt.shown = run.tokenizer ? run.tokenizer->decode(prompt.tokens)
                               : fmt::format("{}", fmt::join(prompt.tokens, ","));
  return prompt;
}

void sample(const SampleFlags& flags) {
  const auto kernels = kernels::make_cpu_kernels();
  train::LoadedRun run = train::load_run(flags.run, flags.checkpoint);
  train::gpt_of(run, "sample");
  const Prompt prompt = make_prompt(flags, run);
  for (int64_t i = 0; i < flags.samples; ++i) {
    model::SamplerOptions options = flags.sampler;
    options.seed = static_cast<uint64_t>(flags.seed) + static_cast<uint64_t>(i);
    const std::string title =
        flags.samples > 1 ? fmt::format("{}--- seed {}\n", i > 0 ? "\n" : "", options.seed) : "";
    // Nothing is printed before the first token is there: what is refused leaves no half output.
    bool begun = false;
    train::sample_tokens(run, *kernels, prompt.tokens, flags.tokens, options, [&](int32_t id) {
      if (!begun) put(title + prompt.shown);
      begun = true;
      put(run.tokenizer ? run.tokenizer->token_bytes(id) : fmt::format(",{}", id));
    });
    put("\n");
  }
}

}  // namespace

void add_sample(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("sample", "write text with a trained model");
  auto flags = std::make_shared<SampleFlags>();
  add_run_options(*verb, flags->run, flags->checkpoint);
  CLI::Option* prompt = verb->add_option("--prompt", flags->prompt, "text to go on from");
  CLI::Option* prompt_file =
      verb->add_option("--prompt-file,--prompt_file", flags->prompt_file, "the same, from a file")
          ->excludes(prompt);
  verb->add_option("--prompt-tokens,--prompt_tokens", flags->prompt_tokens,
                   "the same, as token ids: 1,2,3")
      ->excludes(prompt)
      ->excludes(prompt_file);
  verb->add_option("--tokens", flags->tokens, "tokens to write")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--samples", flags->samples, "texts to write, with seeds SEED, SEED + 1, ...")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--temperature", flags->sampler.temperature,
                   "divides the logits; 0 = always the most likely token")
      ->capture_default_str();
  verb->add_option("--top-k,--top_k", flags->sampler.top_k,
                   "only the k most likely tokens; 0 = all")
      ->capture_default_str();
  verb->add_option("--top-p,--top_p", flags->sampler.top_p,
                   "only the most likely tokens that make up this probability")
      ->capture_default_str();
  verb->add_option("--seed", flags->seed, "another seed, another text")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->footer(kNotes);
  verb->callback([flags] { sample(*flags); });
}

}  // namespace coldstart::app
