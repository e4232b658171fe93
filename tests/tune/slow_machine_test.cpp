// A time budget on a machine that becomes slow, by a clock that goes with the steps.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/tune/autopilot.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// A step takes step_s, and twice as long from a share of the run `slows_in` on.
class Machine : public TuneObserver {
 public:
  Machine(double step_s, std::string slows_in, double at)
      : step_s_(step_s), slows_in_(std::move(slows_in)), at_(at) {}

  void on_step(const RunProgress& run, const Ledger&) override {
    const auto made = static_cast<double>(run.step - run.from);
    const auto all = static_cast<double>(run.to - run.from);
    slow |= run.name == slows_in_ && made >= at_ * all;
    time_s_ += slow ? 2 * step_s_ : step_s_;
  }
  Clock clock() const {
    return [this] { return time_s_; };
  }
  bool slow = false;

 private:
  double step_s_ = 0, time_s_ = 0;
  std::string slows_in_;
  double at_ = 0;
};

constexpr double kSteps = 1250;  // that a budget buys while the machine is fast

struct Kept {
  double share = 0;  // spent / budget
  std::vector<std::string> caveats;
};

Kept keep(double budget_s, Machine& machine) {
  const data::TempDir directory;
  TuneOptions options = tiny_question(directory.path(), 1);
  options.budget_text = fmt::format("{}s", budget_s);
  options.budget = parse_budget(options.budget_text);
  const auto kernels = kernels::make_cpu_kernels();
  const TuneResult result = run_tune(options, *kernels, machine, 0, machine.clock());
  Kept kept{.share = result.spent.seconds / budget_s, .caveats = {}};
  for (const Decision& d : result.decisions)
    if (d.id == "production") kept.caveats = d.caveats;
  return kept;
}

TEST(TuneSlowMachine, ATimeBudgetIsUsedUpAndKept) {
  Machine machine(120 / kSteps, "", 0);
  const Kept kept = keep(120, machine);
  EXPECT_NEAR(kept.share, 1, 0.05);
  EXPECT_THAT(kept.caveats, Not(Contains(HasSubstr("became slower"))));
}

TEST(TuneSlowMachine, HalfTheSpeedInTheMiddleOfTheProductionRunIsCaughtUpWith) {
  for (const char* run : {"production-trunk", "production"}) {
    Machine machine(120 / kSteps, run, 0.5);
    const Kept kept = keep(120, machine);
    ASSERT_TRUE(machine.slow) << run;
    EXPECT_NEAR(kept.share, 1, 0.05) << run;
    EXPECT_THAT(kept.caveats, Contains(HasSubstr("became slower"))) << run;
  }
}

// The last look at the clock comes late enough, also where the budget is small.
TEST(TuneSlowMachine, NearTheEndTooWhereTheBudgetIsSmall) {
  Machine machine(40 / kSteps, "production", 0.7);
  const Kept kept = keep(40, machine);
  ASSERT_TRUE(machine.slow);
  EXPECT_NEAR(kept.share, 1, 0.05);
}

}  // namespace
}  // namespace coldstart::tune
