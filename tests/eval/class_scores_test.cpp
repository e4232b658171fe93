#include "coldstart/eval/class_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::eval {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;

// Ten examples by hand. Predicted:    a a a b  b b a  c c b
//                        true:        a a a a  b b b  c c c
// a: TP 3, FP 1, FN 1;  b: TP 2, FP 2, FN 1;  c: TP 2, FP 0, FN 1.
const std::vector<int32_t> kLabels = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
const std::vector<double> kProbabilities = {0.8, 0.1, 0.1,  //
                                            0.7, 0.2, 0.1,  //
                                            0.6, 0.3, 0.1,  //
                                            0.3, 0.5, 0.2,  //
                                            0.2, 0.6, 0.2,  //
                                            0.1, 0.7, 0.2,  //
                                            0.5, 0.4, 0.1,  //
                                            0.1, 0.1, 0.8,  //
                                            0.2, 0.2, 0.6,  //
                                            0.1, 0.5, 0.4};

TEST(ClassScores, AreThoseWorkedOutByHand) {
  const Scores s = class_scores(kProbabilities, kLabels, 3);
  EXPECT_DOUBLE_EQ(s.accuracy, 0.7);
  EXPECT_DOUBLE_EQ(*s.classes[0].precision, 3.0 / 4);
  EXPECT_DOUBLE_EQ(*s.classes[1].precision, 2.0 / 4);
  EXPECT_DOUBLE_EQ(*s.classes[2].precision, 1.0);
  EXPECT_DOUBLE_EQ(*s.classes[0].recall, 3.0 / 4);
  EXPECT_DOUBLE_EQ(*s.classes[1].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(*s.classes[2].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(*s.classes[0].f1, 6.0 / 8);
  EXPECT_DOUBLE_EQ(*s.classes[1].f1, 4.0 / 7);
  EXPECT_DOUBLE_EQ(*s.classes[2].f1, 4.0 / 5);
  EXPECT_DOUBLE_EQ(*s.macro.precision, (0.75 + 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(*s.macro.recall, (0.75 + 2.0 / 3 + 2.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(*s.macro.f1, (0.75 + 4.0 / 7 + 0.8) / 3);
}

// Pairs (one of the class, one other) by hand.
//  a: .8 .7 .6 .3 against .2 .1 .5 .1 .2 .1: 6 + 6 + 6 + 5 of 24.
//  b: .6 .7 .4 against .1 .2 .3 .5 .1 .2 .5: 7 + 7 + 5 of 21.
//  c: .8 .6 .4 against .1 .1 .1 .2 .2 .2 .1: 21 of 21.
TEST(ClassScores, RocAucCountsPairs) {
  const Scores s = class_scores(kProbabilities, kLabels, 3);
  EXPECT_DOUBLE_EQ(*s.classes[0].roc_auc, 23.0 / 24);
  EXPECT_DOUBLE_EQ(*s.classes[1].roc_auc, 19.0 / 21);
  EXPECT_DOUBLE_EQ(*s.classes[2].roc_auc, 1.0);
  EXPECT_DOUBLE_EQ(*s.macro.roc_auc, (23.0 / 24 + 19.0 / 21 + 1) / 3);
}

TEST(ClassScores, TiesCountHalf) {
  // Class 1: .5 .5 against .5 .2: 0.5 + 1 + 0.5 + 1 of 4.
  const Scores s = class_scores(std::vector<double>{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.8, 0.2},
                                std::vector<int32_t>{1, 1, 0, 0}, 2);
  EXPECT_DOUBLE_EQ(*s.classes[1].roc_auc, 3.0 / 4);
  EXPECT_DOUBLE_EQ(*s.classes[0].roc_auc, 3.0 / 4);
  EXPECT_DOUBLE_EQ(s.accuracy, 0.5) << "the first of equals is the guess";
  const std::vector<double> same(8, 0.5);
  EXPECT_DOUBLE_EQ(*class_scores(same, std::vector<int32_t>{0, 1, 0, 1}, 2).macro.roc_auc, 0.5);
}

TEST(ClassScores, AClassThatDoesNotOccurIsLeftOut) {
  // Class 2 is predicted once and never true.
  const Scores s = class_scores(std::vector<double>{0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.2, 0.7},
                                std::vector<int32_t>{0, 1, 1}, 3);
  EXPECT_FALSE(s.classes[2].precision || s.classes[2].recall || s.classes[2].f1 ||
               s.classes[2].roc_auc);
  EXPECT_DOUBLE_EQ(*s.macro.recall, (1 + 0.5) / 2);
  EXPECT_DOUBLE_EQ(*s.macro.precision, 1);
  const auto named = named_scores(s, {"x", "y", "z"});
  EXPECT_THAT(named, Contains(Key("f1.y")));
  EXPECT_THAT(named, Not(Contains(Key("f1.z"))));
}

TEST(ClassScores, AClassThatIsNeverPredictedHasPrecisionZero) {
  const Scores s =
      class_scores(std::vector<double>{0.9, 0.1, 0.8, 0.2}, std::vector<int32_t>{0, 1}, 2);
  EXPECT_EQ(s.classes[1].precision, 0);
  EXPECT_EQ(s.classes[1].recall, 0);
  EXPECT_EQ(s.classes[1].f1, 0);
  EXPECT_DOUBLE_EQ(*s.classes[1].roc_auc, 1);
}

TEST(ClassScores, OfASingleClassThereIsNoRocAuc) {
  const Scores s =
      class_scores(std::vector<double>{0.9, 0.1, 0.2, 0.8}, std::vector<int32_t>{0, 0}, 2);
  EXPECT_DOUBLE_EQ(s.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(*s.macro.precision, 1);
  EXPECT_DOUBLE_EQ(*s.macro.recall, 0.5);
  EXPECT_FALSE(s.macro.roc_auc);
  EXPECT_THAT(named_scores(s, {"x", "y"}), Not(Contains(Key("roc_auc"))));
}

}  // namespace
}  // namespace coldstart::eval
