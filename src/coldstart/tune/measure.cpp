// Phase 1: the data, the model, whether it learns, and how long a step takes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/shell_word.h"
#include "coldstart/core/text.h"
#include "coldstart/model/model_config.h"
#include "coldstart/train/config.h"
#include "coldstart/tune/base_config.h"
#include "coldstart/tune/contenders.h"
#include "coldstart/tune/data_split.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/phases.h"
#include "coldstart/tune/speed.h"

namespace coldstart::tune {

namespace {

constexpr double kInputBound = 0.05;  // share of the time spent on data
constexpr double kLearnt = 0.05;      // nats below the start

std::string count(double value) { return human_count(value); }

Decision data_decision(const Work& work, const SplitText& split) {
  Decision d{.phase = "measure", .question = "Which data?"};
  d.answer = fmt::format("{} training bytes, {} to choose by, {} that no choice sees",
                         count(static_cast<double>(split.train_tokens)),
                         count(static_cast<double>(split.val_tokens)),
                         count(static_cast<double>(split.test_tokens)));
  d.evidence = {fmt::format("entropy of single bytes {:.3f} nats: what a model has to get below",
                            split.unigram_nats)};
  d.caveats = {"bytes are the tokens; a subword tokenizer is not tried"};
  d.commands = {fmt::format("coldstart data prepare {} --out {} --val-fraction {} --seed {}",
                            shell_word(work.options.text),
                            shell_word((work.directory() / "data" / "by-hand").string()),
                            kTestShare, kTestSeed),
                fmt::format("coldstart data info {}", shell_word(work.data().string()))};
  d.numbers = {{"train_tokens", static_cast<double>(split.train_tokens)},
               {"val_tokens", static_cast<double>(split.val_tokens)},
               {"test_tokens", static_cast<double>(split.test_tokens)},
               {"unigram_nats", split.unigram_nats}};
  return d;
}

Decision model_decision(const ChosenBase& chosen) {
  Decision d{.phase = "measure", .question = "Which model?", .answer = chosen.answer};
  d.evidence = chosen.reasons;
  d.caveats = chosen.risks;
  d.commands = chosen.commands;
  d.words = {{"config", train::to_toml(chosen.config)}};
  d.numbers = {{"parameters", static_cast<double>(chosen.parameters)},
               {"flops_per_token", chosen.flops_per_token},
               {"tokens_per_s", chosen.tokens_per_s}};
  return d;
}

std::string check_name(std::string_view optimizer) { return fmt::format("check-{}", optimizer); }

// A few steps of each optimizer that will be tried: the steps of all are timed, the first one has
// to learn. Trials go on from them.
Decision check_learning(Work& work, double unigram, const io::JsonRecord& plan) {
  Decision d{.phase = "measure", .question = "Does the set-up learn at all?"};
  const int64_t steps = plan.integer("steps").value();
  for (size_t i = 0; i < (plan.integer("tuned") == 1 ? kContenders.size() : 1); ++i) {
    const Contender& c = kContenders.at(i);
    const Idea idea{.optimizer = c.name, .lr = c.first_rate, .seed = work.base.train.seed};
    work.runs.run({.name = check_name(c.name),
                   .why = "does the set-up learn at all?",
                   .config = trunk_config(work, idea, steps)});
  }
  const Idea idea = default_idea(work);
  const std::string name = check_name(idea.optimizer);
  const RunRecord run = work.runs.over(name).value();
  const plan::Trial trial = work.runs.trial(name);
  const double first = trial.evals.val.empty() ? NAN : trial.evals.val.front();
  const double last = run.last_val.value_or(NAN);
  const bool learns = run.finished && last < first - kLearnt;
  d.label = learns ? "LEARNS" : "DOES_NOT_LEARN";
  d.answer = fmt::format("{}: validation loss {:.3f} before, {:.3f} nats after {} steps",
                         learns ? "yes" : "no", first, last, run.step);
  d.evidence = {
      fmt::format("entropy of single bytes {:.3f} nats{}", unigram,
                  last < unigram ? ": it knows more than how often each byte comes" : "")};
  if (run.busy_s > 0) {
    const double share = run.data_s / run.busy_s;
    d.evidence.push_back(fmt::format(
        "input pipeline: {:.1f} % of the time of a step is spent on data", 100 * share));
    if (share > kInputBound)
      d.caveats.emplace_back("W-INPUT-BOUND: the data, not the model, set the pace (IP-01)");
  }
  if (run.diverged) d.evidence.emplace_back("the run diverged");
  d.commands = {
      train_command(work, fmt::format("--optimizer.name {} --lr {} --steps {} --shape constant",
                                      idea.optimizer, idea.lr, steps))};
  d.numbers = {{"learns", learns ? 1.0 : 0.0}};
  return d;
}

}  // namespace

Idea default_idea(const Work& work) {
  const Contender& first = kContenders.front();
  return {.optimizer = first.name, .lr = first.first_rate, .seed = work.base.train.seed};
}

std::optional<Trial> begun(const Work& work, const Idea& idea, int64_t length) {
  if (idea.lr != contender(idea.optimizer).first_rate || idea.warmup != 0 ||
      idea.seed != work.base.train.seed)
    return std::nullopt;
  const auto run = work.runs.over(check_name(idea.optimizer));
  if (!run || !run->finished || run->step >= trunk_steps(length)) return std::nullopt;
  Trial trial{.idea = idea, .loss = NAN, .trunk_steps = run->step, .trunks = {}, .cooled = {}};
  trial.trunks = {run->name};
  return trial;
}

bool measure(Work& work) {
  SplitText split;
  const Decision data = settle(work, "data", [&] {
    split = split_text(work.options.text, work.data(), work.test());
    return data_decision(work, split);
  });
  const Decision model = settle(work, "model", [&] {
    return model_decision(choose_base(work.options, data.integer("train_tokens"), work.kernels));
  });
  train::apply_toml(work.base, model.word("config"), "journal");
  work.base.data.path = std::filesystem::absolute(work.data()).string();
  work.base.train.threads = work.options.threads;
  work.flops_per_token = model.number("flops_per_token");
  work.measured_s_per_step =
      static_cast<double>(work.base.train.batch_tokens) / model.number("tokens_per_s");

  const io::JsonRecord check = fixed(work, "check", [&](io::JsonRecord& record) {
    const int64_t steps = work.steps_for(work.ledger.left() - work.finish_reserve());
    require_budget(work.options, steps);
    record.add("steps", check_steps(steps)).add("tuned", outline_of(steps).tuned ? 1 : 0);
  });
  work.base.train.eval_tokens = kFewestEvalTokens;
  const Decision learns = settle(
      work, "learns", [&] { return check_learning(work, data.number("unigram_nats"), check); });
  return learns.number("learns") != 0;
}

}  // namespace coldstart::tune
