#include "coldstart/train/variance_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(VarianceSources, TheBatchAlwaysAndTheOthersWhereTheyAre) {
  RunConfig config;
  EXPECT_EQ(describe(variance_sources(config)), "train.batch_tokens 4096");
  config.regularize = {.dropout = 0.1,
                       .attention_dropout = 0.2,
                       .label_smoothing = 0.3,
                       .random_tokens = 0.4,
                       .masked_tokens = 0.5};
  EXPECT_EQ(describe(variance_sources(config)),
            "train.batch_tokens 4096, regularize.dropout 0.1, regularize.attention_dropout 0.2, "
            "regularize.label_smoothing 0.3, regularize.random_tokens 0.4, "
            "regularize.masked_tokens 0.5");
}

TEST(VarianceSources, MoreOfThemOrASmallerBatchRaisesTheVariance) {
  RunConfig a, b;
  b.train.batch_tokens = 2048;
  b.regularize.dropout = 0.1;
  const auto from = variance_sources(a), to = variance_sources(b);
  EXPECT_THAT(raised_variance(from, to),
              ElementsAre("train.batch_tokens 4096 -> 2048", "regularize.dropout 0 -> 0.1"));
  EXPECT_THAT(raised_variance(to, from), IsEmpty());
  EXPECT_THAT(raised_variance(to, to), IsEmpty());
}

}  // namespace
}  // namespace coldstart::train
