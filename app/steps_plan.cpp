// coldstart steps plan --production 300000 --budget 2000: rounds of tuning within a budget, or with
// --pipeline the rungs of growing length that ideas pass through.
#include <fmt/format.h>

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "app/steps.h"
#include "coldstart/core/error.h"
#include "coldstart/plan/pipeline_cost.h"
#include "coldstart/plan/rounds.h"
#include "coldstart/plan/transfer.h"

namespace coldstart::app {

namespace {

struct PlanFlags {
  plan::RoundsQuestion question;
  double steps_per_second = 0;
  std::vector<std::string> kinds;  // NAME:KIND
  std::vector<std::string> done;   // directories of finished trials
  bool transfer = false, pipeline = false, json = false;
  plan::RungOptions rungs;
  int64_t ideas = 4;
};

plan::HParam parse_kind(const std::string& text) {
  const size_t colon = text.find(':');
  plan::HParam p{.name = text.substr(0, colon)};
  if (colon != std::string::npos) {
    const auto kind = parse_enum<plan::Kind>(std::string_view(text).substr(colon + 1));
    if (kind && !p.name.empty()) {
      p.kind = *kind;
      p.role = plan::Role::nuisance;
      return p;
    }
  }
  throw ConfigError("--tuned", fmt::format("got '{}', expected NAME:KIND", text),
                    fmt::format("kinds: {}", fmt::join(enum_choices<plan::Kind>(), ", ")));
}

void print_transfer() {
  fmt::print("{:<16} {:<12} {}\n", "kind", "carries over", "in the next round");
  for (const plan::TransferRow& row : plan::transfer_table())
    fmt::print("{:<16} {:<12} {}\n", enum_name(row.kind), enum_name(row.transfer), row.action);
}

void print_round(const plan::Round& r) {
  fmt::print(
      "{}: {} x {} steps ({:.3g} of production), {:.3g} h, {} done, {} left, ends after "
      "{:.3g} h\n",
      r.name, r.trials, r.max_steps, r.fraction, r.hours, r.done, r.left(), r.finish_h);
  for (const std::string& what : r.what) fmt::print("    {}\n", what);
  for (const std::string& retest : r.retest) fmt::print("    tests again: {}\n", retest);
}

void print_rounds(const plan::RoundsPlan& p) {
  for (const plan::Round& round : p.rounds) print_round(round);
  fmt::print("{:.3g} device hours, {:.3g} left to do\n\n", p.hours, p.hours_left);
  fmt::print("what the whole budget buys at one length\n{:>10} {:>10} {:>8}  {}\n", "share",
             "steps", "trials", "at production length a conclusion is");
  for (const plan::LengthTrade& t : p.trade)
    fmt::print("{:>10.3g} {:>10} {:>8}  {}\n", t.fraction, t.max_steps, t.trials, t.comparability);
  for (const std::string& note : p.notes) fmt::print("note: {}\n", note);
  for (const std::string& warning : p.warnings) fmt::print("warning: {}\n", warning);
}

void print_json(const plan::RoundsPlan& p) {
  nlohmann::ordered_json json = {{"type", "rounds"},
                                 {"hours", p.hours},
                                 {"hours_left", p.hours_left},
                                 {"rounds", nlohmann::ordered_json::array()},
                                 {"trade", nlohmann::ordered_json::array()},
                                 {"notes", p.notes},
                                 {"warnings", p.warnings}};
  for (const plan::Round& r : p.rounds)
    json["rounds"].push_back({{"name", r.name},
                              {"fraction", r.fraction},
                              {"max_steps", r.max_steps},
                              {"trials", r.trials},
                              {"done", r.done},
                              {"left", r.left()},
                              {"hours", r.hours},
                              {"finish_h", r.finish_h},
                              {"what", r.what},
                              {"retest", r.retest}});
  for (const plan::LengthTrade& t : p.trade)
    json["trade"].push_back({{"fraction", t.fraction},
                             {"max_steps", t.max_steps},
                             {"trials", t.trials},
                             {"comparability", t.comparability}});
  fmt::print("{}\n", json.dump());
}

// SX-04: the rungs, and what an idea costs that reaches each of them.
void plan_pipeline(PlanFlags& f) {
  f.rungs.production = f.question.production;
  f.rungs.sigma = 1;  // decides what passes, not what it costs
  const std::vector<plan::RungCost> costs = plan::pipeline_cost(f.rungs, f.ideas);
  const double production = static_cast<double>(f.rungs.production);
  double all = 0;
  for (const plan::RungCost& cost : costs) all += static_cast<double>(cost.steps);
  if (f.json) {
    nlohmann::ordered_json json = {{"type", "pipeline"},
                                   {"production", f.rungs.production},
                                   {"productions", all / production},
                                   {"rungs", nlohmann::ordered_json::array()}};
    for (const plan::RungCost& c : costs)
      json["rungs"].push_back({{"rung", c.rung},
                               {"length", c.length},
                               {"trunk_from", c.from},
                               {"trunk_to", c.trunk_to},
                               {"runs", c.runs},
                               {"steps", c.steps}});
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("{:>5} {:>10} {:>24} {:>20} {:>6} {:>12}\n", "rung", "length", "trunk", "cooldown",
             "runs", "productions");
  for (const plan::RungCost& c : costs)
    fmt::print("{:>5} {:>10} {:>24} {:>20} {:>6} {:>12.3g}\n", c.rung, c.length,
               fmt::format("{} to {}", c.from, c.trunk_to),
               fmt::format("{} to {}", c.trunk_to, c.length), c.runs,
               static_cast<double>(c.steps) / production);
  fmt::print(
      "{:.3g} production runs at most: the baseline, {} ideas, then at most {}, and a "
      "control from rung 2 on\nrun them with: coldstart steps rungs SPEC\n",
      all / production, f.ideas, fmt::join(f.rungs.promote, ", "));
}

void make_plan(PlanFlags f) {
  if (f.transfer) {
    print_transfer();
    return;
  }
  if (f.pipeline) {
    plan_pipeline(f);
    return;
  }
  if (f.steps_per_second > 0) f.question.hours_per_step = 1 / (3600 * f.steps_per_second);
  for (const std::string& kind : f.kinds) f.question.space.push_back(parse_kind(kind));
  std::vector<plan::DoneTrial> done;
  for (const std::string& path : f.done) {
    const plan::Trial trial = study::load_trial(path);
    if (trial.state == plan::TrialState::finished) done.push_back({trial.planned_steps});
  }
  const plan::RoundsPlan p = plan::plan_rounds(f.question, done);
  if (f.json) {
    print_json(p);
  } else {
    print_rounds(p);
  }
}

}  // namespace

void add_steps_plan(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand("plan", "Rounds of tuning within a budget");
  auto f = std::make_shared<PlanFlags>();
  plan::RoundsQuestion& q = f->question;
  verb->add_option("--production", q.production, "steps of the run all this is for");
  verb->add_option("--budget", q.budget_h, "device hours for everything");
  verb->add_option("--steps-per-second", f->steps_per_second, "speed of one trial")
      ->check(CLI::PositiveNumber);
  verb->add_option("--patience", q.patience_h, "longest acceptable trial, hours; 0 = no limit")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--parallel", q.parallel, "trials at once")->check(CLI::Range(1, 100000));
  verb->add_option("--rounds", q.rounds, "rounds of growing length")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  verb->add_option("--eval-every", q.eval_every, "steps between evaluations")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--warmup", q.warmup, "warmup steps")->check(CLI::NonNegativeNumber);
  verb->add_option("--tuned", f->kinds, "a tuned hyperparameter with its kind: lr:base_lr")
      ->delimiter(',');
  verb->add_option("--done", f->done, "directories of trials that are finished")->delimiter(',');
  verb->add_flag("--transfer", f->transfer, "print what carries over between lengths, and stop");
  verb->add_flag("--pipeline", f->pipeline, "rungs that ideas pass through, and what they cost");
  verb->add_option("--rungs", f->rungs.rungs, "rungs of the pipeline [3]")
      ->check(CLI::Range(1, 20));
  verb->add_option("--ideas", f->ideas, "ideas that enter the pipeline [4]");
  verb->add_option("--cooldown", f->rungs.cooldown, "cooldown of a rung, as a share of it [0.2]")
      ->check(CLI::Range(0.01, 0.99));
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Examples:\n"
      "  coldstart steps plan --production 300000 --budget 2000 --steps-per-second 12\n"
      "  coldstart steps plan --pipeline --production 300000 --rungs 3 --ideas 6");
  verb->callback([f] { make_plan(*f); });
}

}  // namespace coldstart::app
