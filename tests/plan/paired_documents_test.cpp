#include "coldstart/plan/paired_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plan/simulate.h"

namespace coldstart::plan {
namespace {

// 64 documents that differ by a nat from one another, all lower by `gain` than those of gain 0.
Trial trial_with(double gain, uint64_t seed, double noise = 0.02) {
  Trial trial = point_trial(0.5, 3 - gain);
  const Rng texts(1, Stream::test), own(seed, Stream::test, 2);
  trial.evals.docs.emplace_back();
  for (uint64_t k = 0; k < 64; ++k)
    trial.evals.docs.back().push_back(
        static_cast<float>(3 + texts.normal(k) - gain + noise * own.normal(k)));
  trial.evals.docs_set = "set/64";
  return trial;
}

TEST(PairedDocuments, WhatTheDocumentsHaveInCommonCancels) {
  const auto pairs = paired_documents(trial_with(0, 1), 100, trial_with(0.02, 2), 100);
  ASSERT_TRUE(pairs);
  EXPECT_EQ(pairs->documents, 64);
  EXPECT_TRUE(pairs->told_apart()) << "a fiftieth of what the documents differ by";
  EXPECT_GT(pairs->gain.lo, 0);
  EXPECT_NEAR(pairs->gain.hi - pairs->gain.lo, 2 * 2.0 * 0.02 * std::sqrt(2.0 / 64), 0.004);
}

// The interval is one of 95 %: of 400 pairs without a difference about 20 are told apart.
TEST(PairedDocuments, EqualModelsAreSeldomToldApart) {
  int apart = 0;
  for (uint64_t i = 0; i < 400; ++i)
    apart += paired_documents(trial_with(0, 10 + 2 * i), 100, trial_with(0, 11 + 2 * i), 100)
                 ->told_apart();
  EXPECT_GE(apart, 8);
  EXPECT_LE(apart, 36);
}

TEST(PairedDocuments, OtherDocumentsOrFewSayNothing) {
  const Trial a = trial_with(0, 1);
  Trial b = trial_with(0, 2);
  EXPECT_FALSE(paired_documents(a, 100, b, 50)) << "no evaluation there";
  b.evals.docs_set = "another";
  EXPECT_FALSE(paired_documents(a, 100, b, 100));
  b.evals.docs_set = "";
  EXPECT_FALSE(paired_documents(b, 100, b, 100)) << "not known which they are";
  b = trial_with(0, 2);
  b.evals.docs[0][3] = NAN;
  EXPECT_FALSE(paired_documents(a, 100, b, 100));
  b = a;
  b.evals.docs[0].resize(7);
  EXPECT_FALSE(paired_documents(b, 100, b, 100));
  b = a;
  b.evals.docs.clear();
  EXPECT_FALSE(paired_documents(a, 100, b, 100));
}

}  // namespace
}  // namespace coldstart::plan
