#include "coldstart/train/ramps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::train {
namespace {

using testing::HasSubstr;

constexpr LengthScale kScale{.total_steps = 1000, .tokens_per_step = 10};

TEST(Ramps, NothingSaidIsConstant) { EXPECT_EQ(parse_ramps("", kScale), Ramps()); }

TEST(Ramps, StepsAndSharesOfTheRun) {
  const Ramps ramps =
      parse_ramps("dropout=0..1@10%..50%, weight_decay = 1..0.1 @ 500 .. 900", kScale);
  EXPECT_EQ(ramps.dropout, (schedule::Ramp{.from = 0, .to = 1, .begin = 100, .end = 500}));
  EXPECT_EQ(ramps.weight_decay, (schedule::Ramp{.from = 1, .to = 0.1, .begin = 500, .end = 900}));
  EXPECT_EQ(ramps.label_smoothing, schedule::Ramp());
  EXPECT_EQ(parse_ramps("attention_dropout=0..2@0..5000 tokens", kScale).attention_dropout.end,
            500);
}

TEST(Ramps, AsTextTheyAreTheSameAgain) {
  EXPECT_EQ(ramps_text(Ramps()), "");
  const Ramps ramps =
      parse_ramps("weight_decay=1..0.1@5000 tokens..90%, dropout=0..1@0..7", kScale);
  EXPECT_EQ(ramps_text(ramps), "dropout=0..1@0..7, weight_decay=1..0.1@500..900");
  EXPECT_EQ(parse_ramps(ramps_text(ramps), {}), ramps);
}

TEST(Ramps, MistakesAreRefused) {
  const auto refused = [](const std::string& text) -> std::string {
    try {
      parse_ramps(text, kScale);
    } catch (const ConfigError& error) {
      EXPECT_FALSE(error.hint().empty());
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(refused("dropout"), HasSubstr("[regularize.ramps] a ramp is NAME="));
  EXPECT_THAT(refused("dropout=0..1"), HasSubstr("where it begins and ends"));
  EXPECT_THAT(refused("dropout=1@0..5"), HasSubstr("goes FROM..TO"));
  EXPECT_THAT(refused("dropout=0..1@5"), HasSubstr("from BEGIN..END"));
  EXPECT_THAT(refused("dropout=-1..1@0..5"), HasSubstr("'-1' is no factor"));
  EXPECT_THAT(refused("dropout=0..1@0..x"), HasSubstr("'x' is no step"));
  EXPECT_THAT(refused("dropout=0..1@9..5"), HasSubstr("ends before it begins: steps 9 to 5"));
  EXPECT_THAT(refused("droput=0..1@0..5"), HasSubstr("a ramp is of dropout,"));
  EXPECT_THAT(refused("dropout=0..1@0..5,dropout=0..1@0..5"), HasSubstr("has two ramps"));
}

}  // namespace
}  // namespace coldstart::train
