// What bad curves get from every verb that reads curves: a verdict that says INSUFFICIENT or
// REFUSED, a clear error, or the bad run left out and counted; never a crash, and never a NaN where
// a number should stand. One row a curve and verb.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>

#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"
#include "tests/plan/simulate.h"

namespace coldstart {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

struct Row {
  int64_t step = 0;
  double lr = 1e-3, val = NAN, train = NAN;
  bool has_val = true, has_train = true;
};
using Rows = std::vector<Row>;

// A power law at a constant rate: what every verb can use.
Rows good_rows(uint64_t seed = 1, int64_t evals = 100, int64_t steps = 10'000) {
  const auto noise = plan::ar_noise(seed, static_cast<size_t>(2 * evals), 0.01, 0);
  Rows rows;
  for (int64_t i = 1; i <= evals; ++i) {
    const int64_t step = steps * i / evals;
    const double loss = 2.5 + 0.8 * std::pow(static_cast<double>(step) / 100, -0.4);
    rows.push_back({.step = step,
                    .val = loss + noise[static_cast<size_t>(2 * i - 2)],
                    .train = loss - 0.05 + noise[static_cast<size_t>(2 * i - 1)]});
  }
  return rows;
}

Rows changed(const std::function<void(Row&, size_t)>& change) {
  Rows rows = good_rows();
  for (size_t i = 0; i < rows.size(); ++i) change(rows[i], i);
  return rows;
}

std::map<std::string, Rows> bad_curves() {
  const Rows good = good_rows();
  std::map<std::string, Rows> curves;
  Rows& back = curves["back"];  // from step 5000 to 3100, and on from 6100
  back = {good.begin(), good.begin() + 50};
  back.insert(back.end(), good.begin() + 30, good.begin() + 40);
  back.insert(back.end(), good.begin() + 60, good.end());
  Rows& superseded = curves["superseded"];  // what remains of it
  superseded = {good.begin(), good.begin() + 40};
  superseded.insert(superseded.end(), good.begin() + 60, good.end());
  Rows& repeat = curves["repeat"];
  repeat = good;
  repeat.insert(repeat.begin() + 50, good[49]);
  curves["no_evals"] = changed([](Row& r, size_t) { r.has_val = r.has_train = false; });
  curves["half_evals"] = changed([](Row& r, size_t i) { r.has_val = r.has_train = i % 2; });
  curves["one_missing"] = changed([](Row& r, size_t i) { r.val = i == 50 ? NAN : r.val; });
  curves["many_nan"] = changed([](Row& r, size_t i) { r.val = i / 40 == 1 ? NAN : r.val; });
  curves["all_nan"] = changed([](Row& r, size_t) { r.val = r.train = NAN; });
  curves["tokens"] = changed([](Row& r, size_t i) { r.step *= i < 50 ? 1 : 4096; });
  curves["bits"] = changed([](Row& r, size_t i) { r.val /= i < 50 ? 1 : std::numbers::ln2; });
  curves["constant"] = changed([](Row& r, size_t) { r.val = r.train = 3; });
  curves["negative"] = changed([](Row& r, size_t) { r.val = -r.val; });
  curves["huge"] = changed([](Row& r, size_t) { r.val *= 1e300; });
  curves["zero_rate"] = changed([](Row& r, size_t) { r.lr = 0; });
  curves["negative_rate"] = changed([](Row& r, size_t) { r.lr = -r.lr; });
  curves["ten"] = good_rows(1, 10);
  curves["one"] = good_rows(1, 1);
  curves["short"] = good_rows(1, 50, 5000);
  for (uint64_t i = 1; i <= 4; ++i) curves[fmt::format("good{}", i)] = good_rows(i + 1);
  for (int i = 1; i <= 3; ++i) {
    Rows& rows = curves[fmt::format("rate{}", i)];
    rows = good_rows();
    for (Row& row : rows) row.lr = 1e-3 * std::pow(3, i - 2), row.train -= i == 2 ? 0.1 : 0;
  }
  return curves;
}

struct Expected {
  const char* verb;
  const char* curve;
  int status;
  const char* says;  // somewhere in what it prints
};

void PrintTo(const Expected& e, std::ostream* out) { *out << e.verb << " of " << e.curve; }

class BadCurves : public testing::TestWithParam<Expected> {
 protected:
  BadCurves() {
    for (const auto& [name, rows] : bad_curves()) {
      std::string text = "step,lr,val_loss,train_probe\n";
      for (const Row& r : rows)
        text += fmt::format("{},{},{},{}\n", r.step, r.lr, r.has_val ? fmt::to_string(r.val) : "",
                            r.has_train ? fmt::to_string(r.train) : "");
      write_file_atomic(dir_ / (name + ".csv"), text);
    }
  }

  ProgramResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "steps");
    return run_program(arguments, dir_.path().string());
  }
  // The verb on one curve, with what else it needs.
  ProgramResult run(const std::string& verb, const std::string& curve) {
    const std::string file = curve + ".csv";
    if (verb == "best")
      return run({"best", file, "good1.csv", "good2.csv", "good3.csv", "good4.csv"});
    if (verb == "predict")
      return run({"predict", file, "--at", "1.2x", "--lr", "1e-3", "--schedule.shape", "constant"});
    if (verb == "compare") return run({"compare", file, "good1.csv"});
    if (verb == "extend") return run({"extend", file, "--to", "2x"});
    if (verb == "init")
      return run({"init", file, "rate1.csv", "rate2.csv", "rate3.csv", "--fit", "train_loss<2.55"});
    if (verb == "adopt")
      return run({"adopt", file, "--over", "good1.csv", "--note", "none", "--sigma", "0.01"});
    return run({verb, file});
  }

  const data::TempDir dir_;
};

TEST_P(BadCurves, GetNoNumberThatNobodyCanStandBehind) {
  const Expected& e = GetParam();
  const ProgramResult result = run(e.verb, e.curve);
  const std::string all = result.out + result.err;
  EXPECT_EQ(result.status, e.status) << all;
  EXPECT_THAT(all, HasSubstr(e.says));
  EXPECT_THAT(result.out, AnyOf(HasSubstr("[nan"), Not(HasSubstr(" nan")))) << "a number is none";
  if (result.status == 2) {
    EXPECT_THAT(result.out, Not(HasSubstr("COMPARABLE")));
  }
}

// 0 where the bad run is left out and named, or does no harm.
INSTANTIATE_TEST_SUITE_P(
    EveryVerb, BadCurves,
    testing::Values(
        Expected{"best", "no_evals", 0, "4 trials"}, Expected{"best", "one_missing", 0, "5 trials"},
        Expected{"best", "many_nan", 0, "5 trials"}, Expected{"best", "all_nan", 0, "4 trials"},
        Expected{"best", "tokens", 0, "1 of another length"},
        Expected{"best", "bits", 0, "1 infeasible"},
        Expected{"best", "ten", 0, "1 with too few evaluations"},
        Expected{"best", "short", 0, "W-LENGTH-MISMATCH"},
        Expected{"best", "constant", 0, "1 infeasible"},

        Expected{"classify", "no_evals", 4, "INSUFFICIENT"},
        Expected{"classify", "one_missing", 0, "(TD-01)"},
        Expected{"classify", "many_nan", 4, "no finite validation loss"},
        Expected{"classify", "all_nan", 4, "INSUFFICIENT"},
        Expected{"classify", "tokens", 4, "two units"},
        Expected{"classify", "bits", 4, "nats and bits"},
        Expected{"classify", "constant", 4, "throughout"},
        Expected{"classify", "negative", 4, "above 0"}, Expected{"classify", "huge", 4, "no loss"},
        Expected{"classify", "zero_rate", 4, "0 throughout"},
        Expected{"classify", "negative_rate", 4, "INSUFFICIENT"},
        Expected{"classify", "ten", 4, "expected at least 20"},
        Expected{"classify", "one", 4, "expected at least 20"},
        Expected{"classify", "short", 0, "single trial"},

        Expected{"predict", "no_evals", 2, "no validation loss"},
        Expected{"predict", "one_missing", 0, "POOR"},
        Expected{"predict", "many_nan", 2, "no finite validation loss"},
        Expected{"predict", "all_nan", 2, "no validation loss"},
        Expected{"predict", "tokens", 2, "two units"},
        Expected{"predict", "bits", 2, "nats and bits"},
        Expected{"predict", "constant", 2, "throughout"},
        Expected{"predict", "negative", 2, "above 0"}, Expected{"predict", "huge", 2, "no loss"},
        Expected{"predict", "zero_rate", 2, "0 throughout"},
        Expected{"predict", "negative_rate", 2, "expected a number >= 0"},
        Expected{"predict", "ten", 2, "expected at least 20"},
        Expected{"predict", "one", 2, "expected at least 20"},

        Expected{"compare", "no_evals", 4, "has no result"},
        Expected{"compare", "one_missing", 0, "COMPARABLE"},
        Expected{"compare", "many_nan", 4, "no finite value"},
        Expected{"compare", "all_nan", 4, "has no result"},
        Expected{"compare", "tokens", 3, "different lengths"},
        Expected{"compare", "bits", 4, "nats and bits"},
        Expected{"compare", "constant", 4, "every evaluation is 3"},
        Expected{"compare", "negative", 0, "to be maximised"},
        Expected{"compare", "huge", 4, "no loss"},
        Expected{"compare", "ten", 0, "the best of more is better by luck"},
        Expected{"compare", "short", 3, "different lengths"},

        Expected{"adopt", "no_evals", 2, "both sides need a result"},
        Expected{"adopt", "one_missing", 3, "AD-03"},
        Expected{"adopt", "many_nan", 2, "no finite value"},
        Expected{"adopt", "bits", 2, "nats and bits"},
        Expected{"adopt", "constant", 2, "every evaluation is 3"},
        Expected{"adopt", "huge", 2, "no loss"},
        Expected{"adopt", "short", 2, "runs of one length"},

        Expected{"init", "no_evals", 2, "no training loss"},
        Expected{"init", "all_nan", 2, "no training loss"},
        Expected{"init", "zero_rate", 2, "no learning rate"},
        Expected{"init", "negative_rate", 2, "no learning rate"},
        Expected{"init", "tokens", 2, "two units"},

        Expected{"calibrate", "no_evals", 2, "no run can be replayed"},
        Expected{"calibrate", "one_missing", 0, "measured"},
        Expected{"calibrate", "many_nan", 2, "no run can be replayed"},
        Expected{"calibrate", "tokens", 2, "two units"},
        Expected{"calibrate", "bits", 2, "nats and bits"},
        Expected{"calibrate", "constant", 2, "throughout"},
        Expected{"calibrate", "negative", 2, "above 0"},
        Expected{"calibrate", "huge", 2, "no loss"},
        Expected{"calibrate", "zero_rate", 2, "0 throughout"},
        Expected{"calibrate", "ten", 2, "expected at least 20"},

        Expected{"extend", "one_missing", 2, "schedule of one_missing.csv is not known"},
        Expected{"extend", "no_evals", 2, "is not known"},
        Expected{"extend", "negative_rate", 2, "is not known"}),
    [](const auto& test) { return fmt::format("{}_{}", test.param.verb, test.param.curve); });

// A log that goes back is that of a resumed run: what it wrote before is replaced, for every verb.
TEST_F(BadCurves, StepsThatGoBackOrRepeatAreThoseOfAResumedRun) {
  for (const char* verb : {"classify", "predict", "compare", "calibrate"}) {
    const auto of = [&](const char* curve) {
      std::string text = run(verb, curve).out;
      for (size_t at; (at = text.find(curve)) != std::string::npos;)
        text.replace(at, std::string_view(curve).size(), "X");
      return text;
    };
    EXPECT_EQ(of("back"), of("superseded")) << verb;
    const ProgramResult repeat = run(verb, "repeat");
    EXPECT_THAT(repeat.status, AnyOf(0, 3)) << verb << repeat.err;
  }
}

TEST_F(BadCurves, NoFeasibleTrialOrOneAlone) {
  EXPECT_EQ(run({"best", "all_nan.csv", "no_evals.csv", "all_nan.csv"}).status, 4);
  EXPECT_EQ(run({"best", "good1.csv"}).status, 4);
  EXPECT_EQ(run({"classify", "all_nan.csv", "no_evals.csv"}).status, 4);
  EXPECT_EQ(run({"compare", "good1.csv"}).status, 2);
  EXPECT_EQ(run({"init", "rate1.csv", "--fit", "train_loss<2.55"}).status, 4);
  EXPECT_EQ(run({"calibrate", "all_nan.csv", "ten.csv"}).status, 2);
  EXPECT_EQ(run({"best", "constant.csv", "constant.csv", "constant.csv"}).status, 4);
}

// A planner reads no curves; its numbers are checked all the same.
TEST_F(BadCurves, APlanOfNoBudgetOrNoLengthIsRefused) {
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{"--production", "0", "--budget", "10"},
        {"--production", "1000", "--budget", "-1"},
        {"--production", "1000", "--budget", "nan"},
        {"--production", "1000", "--budget", "10", "--rounds", "0"}}) {
    std::vector<std::string> arguments = {"plan", "--steps-per-second", "10"};
    arguments.insert(arguments.end(), bad.begin(), bad.end());
    const ProgramResult result = run(arguments);
    EXPECT_EQ(result.status, 2) << fmt::format("{}", fmt::join(bad, " ")) << result.out;
    EXPECT_THAT(result.err, Not(testing::IsEmpty()));
  }
}

// 190 MB of one run, with an evaluation every 10,000 steps.
TEST(SlowBadCurves, TenMillionRecordsOfOneTrialAreReadAndCalledTooFewTrials) {
  const data::TempDir temp;
  {
    std::ofstream log(temp / "long.csv");
    log << "step,train_loss,val_loss\n";
    for (int64_t step = 1; step <= 10'000'000; ++step) {
      const double loss = 2 + 3 * std::pow(static_cast<double>(step), -0.3);
      log << fmt::format("{},{:.5f},", step, loss);
      if (step % 10'000 == 0) log << fmt::format("{:.5f}", loss);
      log << '\n';
    }
  }
  const auto imported = run_program({"import", "csv", "long.csv", "-o", "s"}, temp.path());
  EXPECT_EQ(imported.status, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("10000000 step records, 1000 evaluations"));
  const auto best = run_program({"steps", "best", "s"}, temp.path());
  EXPECT_EQ(best.status, 4) << best.err;
  EXPECT_THAT(best.out, HasSubstr("INSUFFICIENT"));
}

}  // namespace
}  // namespace coldstart
