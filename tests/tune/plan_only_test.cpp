#include "coldstart/tune/plan_only.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "coldstart/tune/autopilot.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

using testing::HasSubstr;

using Names = std::vector<std::string>;

std::string plan_of(const TuneOptions& options) {
  const auto kernels = kernels::make_cpu_kernels();
  return describe_plan(options, *kernels);
}

// The words at the beginning of the lines, up to two blanks, without what is no phase.
Names phases_in(const std::string& plan) {
  Names names;
  std::istringstream lines(plan);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == ' ' || line.starts_with("coldstart tune")) continue;
    const std::string name = line.substr(0, line.find("  "));
    if (!name.starts_with("budget") && !name.starts_with("skipped")) names.push_back(name);
  }
  return names;
}

class Phases : public TuneObserver {
 public:
  void on_phase(const PhaseInfo& phase) override { names.push_back(phase.name); }
  Names names;
};

struct Real {
  Names phases, decided;                // as they were announced; as decisions stand in the journal
  std::map<std::string, double> steps;  // that each phase cost
  Outline outline;
};

Real run(const TuneOptions& options) {
  const auto kernels = kernels::make_cpu_kernels();
  Phases phases;
  run_tune(options, *kernels, phases, now_s());
  Real real{.phases = phases.names, .decided = {}, .steps = {}, .outline = {}};
  for (const Decision& d : Journal(options.out).decisions()) {
    if (real.decided.empty() || real.decided.back() != d.phase) real.decided.push_back(d.phase);
    real.steps[d.phase] += d.cost.tokens / kTinyBatch;
    if (d.id == "outline") real.outline = outline_of(d.integer("steps"));
  }
  return real;
}

TEST(TunePlanOnly, WritesNothingAndSaysWhatTheBudgetBuys) {
  const data::TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), 5000);
  EXPECT_THAT(plan_of(options), HasSubstr("5000 steps of 64 tokens"));
  EXPECT_FALSE(std::filesystem::exists(options.out));
}

// The phases as they were announced, and those of the decisions in the journal.
void expect_phases(const std::string& plan, const Real& real) {
  Names planned = phases_in(plan);
  EXPECT_EQ(planned, real.phases);
  ASSERT_EQ(planned.back(), "page");
  planned.pop_back();  // it is made of decisions
  EXPECT_EQ(planned, real.decided);
}

TEST(TunePlanOnly, WithoutRoomForTrialsItNamesThePhasesThatAreLeft) {
  const data::TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), 300);
  expect_phases(plan_of(options), run(options));
}

TEST(TunePlanOnly, ARealRunHasThePhasesTheLengthsAndTheSharesOfThePlan) {
  const data::TempDir directory;
  const TuneOptions options = tiny_question(directory.path(), 2100);
  const std::string plan = plan_of(options);
  Real real = run(options);
  expect_phases(plan, real);
  const Outline& o = real.outline;
  for (const std::string& part :
       {fmt::format("cooled runs of {} steps, then {} steps", o.trial_steps, o.probe_steps),
        fmt::format("{} runs of {} steps", o.warmed, o.trial_steps),
        fmt::format("go on to {} steps", o.bridge_steps),
        fmt::format("about {} steps", o.production_steps)})
    EXPECT_THAT(plan, HasSubstr(part));

  const PhaseSteps planned = phase_steps(o);
  EXPECT_EQ(planned.rates + planned.warmup + planned.round1 + planned.round2, o.steps);
  EXPECT_EQ(real.steps["warmup"], static_cast<double>(planned.warmup));
  // The trials of the optimizers go on from the check; a best rate at the edge asks for up to two
  // more; a rate that diverges ends early.
  const auto rates = static_cast<double>(planned.rates), trial = static_cast<double>(o.trial_steps);
  EXPECT_GE(real.steps["rates"], rates - 3 * trial);
  EXPECT_LE(real.steps["rates"], rates + 2 * trial);
  const auto round1 = static_cast<double>(planned.round1);
  EXPECT_TRUE(real.steps["round 1"] == 0 || real.steps["round 1"] == round1);
  // What the others leave is the production run's.
  double all = 0;
  for (const auto& [phase, steps] : real.steps) all += steps;
  EXPECT_NEAR(all, 2100, 0.01 * 2100);
}

}  // namespace
}  // namespace coldstart::tune
