#include "coldstart/train/progress_bar.h"

#include <gtest/gtest.h>

namespace coldstart::train {
namespace {

const ProgressState kState{.step = 120,
                           .total_steps = 1000,
                           .loss = 2.34512,
                           .lr = 1e-3,
                           .grad_norm = 0.84,
                           .tokens_per_s = 51200,
                           .fraction_of_peak = 0.62,
                           .left_s = 83};

int columns(const std::string& text) {
  int count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

TEST(ProgressBar, ShowsEverythingWhereThereIsRoom) {
  const std::string line = progress_line(kState, 160, false);
  for (const char* part : {"step 120/1000", "###", " 12%", "loss 2.3451", "lr 1.00e-03", "|g| 0.84",
                           "tok/s", "62% of peak", "1:23 left"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in: " << line;
  }
}

TEST(TableRow, BreaksBetweenWordsBelowTheText) {
  EXPECT_EQ(table_row("batch", 7, "one two three", 80), "batch    one two three\n");
  EXPECT_EQ(table_row("batch", 7, "one two three", 18),
            "batch    one two\n"
            "         three\n");
  EXPECT_EQ(table_row("a", 1, "unbreakable", 5), "a  unbreakable\n") << "words stay whole";
}

TEST(ProgressBar, FitsEveryWidth) {
  for (int width = 0; width < 200; ++width) {
    EXPECT_LE(columns(progress_line(kState, width, true)), width);
    EXPECT_LE(columns(progress_line(kState, width, false)), width);
  }
}

TEST(ProgressBar, KeepsTheLossLongest) {
  const std::string narrow = progress_line(kState, 50, false);
  EXPECT_NE(narrow.find("loss"), std::string::npos) << narrow;
  EXPECT_EQ(narrow.find("|g|"), std::string::npos) << narrow;
}

TEST(ProgressBar, SaysNothingOfAPeakThatWasNotMeasured) {
  ProgressState state = kState;
  state.fraction_of_peak = 0;
  EXPECT_EQ(progress_line(state, 160, true).find("peak"), std::string::npos);
  EXPECT_EQ(plain_line(state).find("peak"), std::string::npos);
}

}  // namespace
}  // namespace coldstart::train
