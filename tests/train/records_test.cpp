#include "coldstart/train/records.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace coldstart::train {
namespace {

// The keys and their order are a format (docs/formats.md): a change here breaks readers.
TEST(Records, AStepIsOneLine) {
  const StepRecord record{.step = 3,
                          .tokens = 192,
                          .loss = 2.5,
                          .lr = 0.001,
                          .grad_norm = 4,
                          .clip = 0.25,
                          .clipped = 1,
                          .clipped_recent = 0.5,
                          .update_norm = 0.125,
                          .weight_norm = 10};
  EXPECT_EQ(
      to_record(record).line(),
      R"({"type":"train","step":3,"tokens":192,"loss":2.5,"lr":0.001,"grad_norm":4,)"
      R"("clip":0.25,"clipped":1,"clipped_recent":0.5,"update_norm":0.125,"weight_norm":10})");
}

// Written only where it is at work, so that other runs' records stay as they were.
TEST(Records, AStepSaysWhatRegularizedIt) {
  StepRecord record{.step = 3, .loss = 2.5};
  const std::string plain = to_record(record).line();
  record.dropout = 0.1;
  record.label_smoothing = 0.05;
  record.decay_factor = 0.5;
  EXPECT_EQ(to_record(record).line(),
            plain.substr(0, plain.size() - 1) +
                R"(,"dropout":0.1,"label_smoothing":0.05,"decay_factor":0.5})");
}

TEST(Records, WhatIsOnBesidesComesLast) {
  const std::string plain = to_record(StepRecord()).line();
  const StepRecord record{.readings = {{"context", 64}, {"plateau_factor", 0.5}}};
  EXPECT_EQ(to_record(record).line(),
            plain.substr(0, plain.size() - 1) + R"(,"context":64,"plateau_factor":0.5})");
  EXPECT_EQ(plateau_record(20, 0.25, 2.5).line(),
            R"({"type":"plateau","step":20,"factor":0.25,"best_val_loss":2.5})");
}

TEST(Records, AWarningIsOneLine) {
  EXPECT_EQ(warning_record(7, "too much").line(),
            R"({"type":"warning","step":7,"text":"too much"})");
}

TEST(Records, AnEvaluationIsOneLine) {
  const EvalRecord record{.step = 0,
                          .tokens = 0,
                          .val_loss = 5.5,
                          .val_bits_per_byte = 8,
                          .train_loss = 5.25,
                          .train_bits_per_byte = 7.5};
  EXPECT_EQ(to_record(record).line(),
            R"({"type":"eval","step":0,"tokens":0,"val_loss":5.5,"val_bits_per_byte":8,)"
            R"("train_loss":5.25,"train_bits_per_byte":7.5})");
}

TEST(Records, TimesStandApart) {
  EXPECT_EQ(
      to_record(7, {.train_s = 1, .metrics_s = 5, .eval_s = 2, .data_s = 3, .checkpoint_s = 4})
          .line(),
      R"({"step":7,"train_s":1,"metrics_s":5,"eval_s":2,"data_s":3,"checkpoint_s":4})");
}

// The step at which a run diverges is a record like any other, and it can be read back.
TEST(Records, NumbersThatAreNoneComeBack) {
  StepRecord record;
  record.loss = std::numeric_limits<double>::quiet_NaN();
  record.grad_norm = std::numeric_limits<double>::infinity();
  const std::string line = to_record(record).line();
  EXPECT_NE(line.find(R"("loss":"NaN","lr":0,"grad_norm":"Infinity")"), std::string::npos) << line;
  const io::JsonRecord back = io::JsonRecord::parse(line, "test");
  EXPECT_TRUE(std::isnan(back.number("loss").value()));
  EXPECT_EQ(back.number("grad_norm"), record.grad_norm);
}

}  // namespace
}  // namespace coldstart::train
