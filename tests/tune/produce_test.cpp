#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "coldstart/core/random.h"
#include "coldstart/tune/model_choice.h"
#include "coldstart/tune/phases.h"
#include "tests/tune/tiny_work.h"

namespace coldstart::tune {
namespace {

using testing::Contains;
using testing::HasSubstr;

// The production run alone, after a trial of one rate.
Decision produced(Work& work) {
  const Idea idea{.optimizer = "muon", .lr = 0.02, .seed = 1};
  work.base.optimizer.name = idea.optimizer;
  work.base.train.eval_tokens = 256;
  work.outline = outline_of(kFewestSteps);
  produce(work, cooled_rung(work, kRateRung, idea, kFewestTrialSteps, "to see"), 0);
  return work.journal.decision("production").value();
}

// Letters without any order: what is learnt of them by heart is wrong elsewhere.
std::string random_letters(const data::TempDir& directory) {
  const std::string file = (directory / "letters.txt").string();
  std::ofstream text(file);
  const Rng rng(1, Stream::test);
  for (uint64_t i = 0; i < 3000; ++i)
    text << (i % 30 == 29 ? '\n' : static_cast<char>('a' + rng.below(i, 26)));
  return file;
}

TEST(TuneProduce, ATrunkWhoseValidationLossHasRisenIsLeftAtItsBestCheckpoint) {
  const data::TempDir directory;
  constexpr int64_t kBatch = 256, kSteps = 500;
  TinyWork tiny(kSteps * kBatch / kTinyBatch, random_letters(directory));
  Work& work = tiny.work;
  work.base.model.width = 64;
  work.base.model.layers = 2;
  work.base.train.batch_tokens = kBatch;
  const Decision d = produced(work);

  const plan::EvalSeries evals = work.runs.trial("production-trunk").evals;
  size_t best = 1;  // the first one is where it began
  for (size_t i = 1; i < evals.size(); ++i)
    if (evals.val[i] < evals.val[best]) best = i;
  ASSERT_GT(evals.val.back(), 1.005 * evals.val[best]) << "it was not learnt by heart";
  const int64_t left_at = evals.step[best];
  ASSERT_LT(left_at, evals.step.back());

  EXPECT_EQ(d.integer("trunk_to"), left_at);
  const RunRecord cooled = work.runs.over("production").value();
  EXPECT_EQ(cooled.from, left_at);
  // It begins with the weights of that checkpoint, and has the same share of the run as ever.
  EXPECT_DOUBLE_EQ(work.runs.trial("production").evals.val.front(), evals.val[best]);
  EXPECT_NEAR(static_cast<double>(cooled.step - left_at),
              kCooldown * static_cast<double>(cooled.step), 1);
  EXPECT_THAT(d.evidence, Contains(HasSubstr("(CU-02)")));
  EXPECT_THAT(d.caveats, Contains(HasSubstr("by heart")));
  // More steps would not help, so the rest of the budget is not spent.
  EXPECT_GT(work.ledger.left(), static_cast<double>(kBatch * (evals.step.back() - left_at)) / 2);
}

TEST(TuneProduce, AFreshTextIsTrainedToTheEndOfTheBudget) {
  TinyWork tiny(300);
  Work& work = tiny.work;
  const Decision d = produced(work);
  ASSERT_LE(work.passes(d.integer("steps")), kManyPasses);
  const RunRecord trunk = work.runs.over("production-trunk").value();
  EXPECT_EQ(d.integer("trunk_to"), trunk.step);
  EXPECT_EQ(work.runs.over("production")->from, trunk.step);
  EXPECT_LT(std::abs(work.ledger.left()), kTinyBatch);
}

}  // namespace
}  // namespace coldstart::tune
