#include "coldstart/plan/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "coldstart/plan/adam_budget.h"
#include "coldstart/plan/scale.h"
#include "coldstart/plan/warmup_search.h"

namespace coldstart::plan {

namespace {

class Linter {
 public:
  explicit Linter(const StudyDesign& design) : design_(design) {}

  std::vector<LintFinding> run() {
    goal();
    for (const HParam& hparam : design_.space) one(hparam);
    conditional_names();
    learning_rate();
    steps_and_evaluations();
    sampling();
    std::ranges::stable_sort(findings_, {}, [](const LintFinding& f) { return !f.error(); });
    return std::move(findings_);
  }

 private:
  void add(std::string rule, std::string code, std::string text) {
    findings_.push_back({std::move(rule), std::move(code), std::move(text)});
  }
  bool varied(const HParam& hparam) const {
    return hparam.role != Role::fixed && (hparam.choices.size() > 1 || hparam.lo != hparam.hi);
  }
  const HParam* find(Kind kind) const {
    const auto found = std::ranges::find(design_.space, kind, &HParam::kind);
    return found == design_.space.end() ? nullptr : &*found;
  }
  bool scientific(Kind kind) const {
    return std::ranges::any_of(design_.space, [&](const HParam& hparam) {
      return hparam.kind == kind && hparam.role == Role::scientific;
    });
  }

  void goal() {
    if (design_.goal.find_first_not_of(" \t") == std::string::npos)
      add("SD-01", "E-GOAL", "the study has no goal: say in one sentence what it is to find out");
    const auto count = std::ranges::count(design_.space, Role::scientific, &HParam::role);
    if (count > 1)
      add("SD-01", design_.joint ? "" : "W-GOAL-WIDE",
          fmt::format("{} scientific hyperparameters: a round answers one narrow question", count));
  }

  void one(const HParam& hparam) {
    check_range(hparam);
    const bool asked = hparam.role == Role::scientific;
    if (hparam.kind == Kind::steps && varied(hparam))
      add("TD-09", "E-STEPS-TUNED",
          hparam.name + " is tuned: the number of steps is the same for all trials of a study");
    if (hparam.kind == Kind::batch && varied(hparam))
      add("BS-01", "W-BATCH-TUNED",
          hparam.name + " is tuned for " + design_.metric +
              ": it sets the speed; choose it by throughput and tune the rest at it");
    if (hparam.kind == Kind::base_lr && asked)
      add("SD-04", "W-LR-SCIENTIFIC",
          hparam.name +
              " is scientific: the best rate moves with everything else, so an answer "
              "about it alone holds for this configuration only");
    if (hparam.kind == Kind::optimizer_hyper && asked)
      add("SD-04", "",
          hparam.name +
              " is scientific; hyperparameters of the optimizer are seldom of interest by "
              "themselves: nuisance");
    if (hparam.kind == Kind::optimizer && hparam.role == Role::nuisance)
      add("SD-05", "",
          hparam.name + " is nuisance; the choice of an optimizer is what is asked, or fixed");
    if (hparam.kind == Kind::architecture && hparam.role == Role::nuisance)
      add("SD-05", "", hparam.name + " is nuisance; an architecture is what is asked, or fixed");
    const bool strength = hparam.scale != Scale::choice && hparam.lo != hparam.hi;
    const bool regulariser = hparam.kind == Kind::dropout || hparam.kind == Kind::weight_decay ||
                             hparam.kind == Kind::augmentation;
    if (regulariser && strength && asked)
      add("SD-05", "",
          hparam.name +
              ": whether to regularise is what is asked (on, off); how strongly is nuisance");
    if (regulariser && asked && design_.not_fittable)
      add("R1-03", "W-REG-REGIME",
          hparam.name +
              ": the training data cannot be fitted perfectly, so that regularisation may "
              "hardly help");
  }

  // SD-06: one name under two parents is two hyperparameters.
  void conditional_names() {
    std::map<std::string, std::set<std::string>> parents;
    for (const HParam& hparam : design_.space) {
      if (!hparam.parent.empty() && hparam.parent_value.empty())
        add("SD-06", "E-PARENT",
            fmt::format("{} depends on {} but does not say under which value", hparam.name,
                        hparam.parent));
      parents[hparam.name].insert(hparam.parent + "=" + hparam.parent_value);
    }
    for (const auto& [name, under] : parents)
      if (under.size() > 1)
        add("SD-06", "E-PARENT",
            name + " exists under several parents: give each its own name (adam.lr, momentum.lr)");
  }

  void learning_rate() {
    const HParam* lr = find(Kind::base_lr);
    const bool fixed = lr == nullptr || !varied(*lr);
    const auto asks = [&](Kind kind) { return scientific(kind); };
    const bool compared = asks(Kind::architecture) || asks(Kind::optimizer) ||
                          asks(Kind::dropout) || asks(Kind::weight_decay) || asks(Kind::init);
    if (fixed && compared)
      add("SD-04", "W-LR-FIXED",
          "the learning rate is the same for everything that is compared: what happens to like it "
          "wins. Tune it as a nuisance in each");
  }

  void steps_and_evaluations() {
    constexpr int64_t kEvals = 20, kEarlyEvals = 3;
    const int64_t steps = design_.max_steps;
    if (design_.eval_every > 0 && steps > 0) {
      const int64_t evals = steps / design_.eval_every;
      if (evals < kEvals)
        add("EV-03", "", fmt::format("{} evaluations a run; best steps need {}", evals, kEvals));
      else if (evals / 10 < kEarlyEvals)
        add("EV-03", "",
            fmt::format(
                "{} evaluations in the first 10 % of the run; a run that is far too long is "
                "seen from {}",
                evals / 10, kEarlyEvals));
    }
    if (design_.eval_batch > 0 && design_.eval_batch < design_.train_batch)
      add("EV-02", "",
          fmt::format("the evaluation batch {} is smaller than the training batch {}",
                      design_.eval_batch, design_.train_batch));
    if (!design_.keeps_best)
      add("TD-08", "E-NO-RETRO",
          "the best checkpoint is not kept: a longer run could end worse than a shorter one");
    if (steps > 0 && design_.warmup > 0)
      if (const auto warning = warmup_share_warning(design_.warmup, steps))
        add("WU-06", "", *warning);
  }

  void sampling() {
    const auto axes =
        std::ranges::count_if(design_.space, [&](const HParam& hparam) { return varied(hparam); });
    if (design_.sampling == Sampling::grid && axes >= 3)
      add("QR-04", "W-GRID",
          fmt::format("a grid over {} hyperparameters: few values of each are seen; sample quasi-"
                      "randomly",
                      axes));
    if (!design_.adam || design_.trials < 1) return;
    const auto wanted = adam_hyperparameters(design_.trials);
    constexpr std::array kAdam = {"beta1", "beta2", "epsilon"};
    for (const HParam& hparam : design_.space) {
      const auto dot = hparam.name.rfind('.');
      const std::string name = dot == std::string::npos ? hparam.name : hparam.name.substr(dot + 1);
      const bool known = std::ranges::find(kAdam, name) != kAdam.end();
      if (known && varied(hparam) && std::ranges::find(wanted, name) == wanted.end())
        add("AM-01", "",
            fmt::format("{} is tuned with {} trials; with so few tune {} only", hparam.name,
                        design_.trials, fmt::join(wanted, ", ")));
    }
  }

  const StudyDesign& design_;
  std::vector<LintFinding> findings_;
};

}  // namespace

StudyDesign design_of(const Study& study) {
  StudyDesign design{.goal = study.goal, .space = study.space, .sampling = study.sampling};
  design.trials = std::ssize(study.trials);
  design.max_steps = study.max_steps;
  design.production_steps = study.production_steps;
  design.metric = study.metric;
  return design;
}

std::vector<LintFinding> lint(const StudyDesign& design) { return Linter(design).run(); }

Verdict lint_verdict(const StudyDesign& design) {
  const auto findings = lint(design);
  Verdict verdict{.rule = "SD-01", .label = "KEEP", .text = {}};
  int64_t values = 0, nuisance = 0;
  double decades = 0;
  for (const HParam& hparam : design.space) {
    if (hparam.role == Role::scientific)
      values +=
          hparam.choices.empty() ? (hparam.lo == hparam.hi ? 1 : 5) : std::ssize(hparam.choices);
    if (hparam.role == Role::nuisance) ++nuisance;
    if (hparam.role == Role::nuisance && hparam.scale == Scale::log && hparam.lo > 0)
      decades += std::log10(hparam.hi / hparam.lo);
  }
  verdict.evidence = {
      {.id = "scientific",
       .what = "values asked about",
       .value = {.mid = static_cast<double>(values)}},
      {.id = "width",
       .what = nuisance == 1
                   ? std::string("decades of the nuisance hyperparameter")
                   : fmt::format("decades of {} nuisance hyperparameters together", nuisance),
       .value = {.mid = decades}},
      {.id = "density",
       .what = values > 0 ? "trials for each value asked about" : "trials in all",
       .value = {.mid = static_cast<double>(design.trials) /
                        static_cast<double>(std::max<int64_t>(1, values))}}};
  for (const LintFinding& finding : findings)
    verdict.warnings.push_back(
        fmt::format("{}: {}", finding.code.empty() ? finding.rule : finding.code, finding.text));
  const bool refused = !findings.empty() && findings.front().error();
  verdict.text = findings.empty() ? "Nothing in the design of the study speaks against it."
                                  : fmt::format("{} remark{} on the design of the study.",
                                                findings.size(), findings.size() == 1 ? "" : "s");
  if (!findings.empty()) verdict.label = refused ? "REFUSED" : "NOTE";
  if (refused) verdict.standing = Standing::refused;
  for (const HParam& hparam : design.space)
    if (hparam.role == Role::fixed)
      verdict.valid_for.push_back(fmt::format("only at the fixed value of {}", hparam.name));
  return verdict;
}

}  // namespace coldstart::plan
