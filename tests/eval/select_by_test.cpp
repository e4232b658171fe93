#include "coldstart/eval/select_by.h"

#include <gtest/gtest.h>

namespace coldstart::eval {
namespace {

TEST(SelectBy, ALowerLossAndAHigherScoreAreBetter) {
  const Evaluation worse{.loss = 0.5, .scores = {{"accuracy", 0.7}, {"f1", 0.9}}};
  const Evaluation better{.loss = 0.4, .scores = {{"accuracy", 0.8}, {"f1", 0.6}}};
  EXPECT_LT(*rank_by(SelectBy::val_loss, better), *rank_by(SelectBy::val_loss, worse));
  EXPECT_LT(*rank_by(SelectBy::accuracy, better), *rank_by(SelectBy::accuracy, worse));
  EXPECT_GT(*rank_by(SelectBy::f1, better), *rank_by(SelectBy::f1, worse));
}

TEST(SelectBy, WhatIsNotDefinedRanksNowhere) {
  EXPECT_FALSE(rank_by(SelectBy::roc_auc, {.loss = 0.5, .scores = {{"accuracy", 0.7}}}));
}

}  // namespace
}  // namespace coldstart::eval
