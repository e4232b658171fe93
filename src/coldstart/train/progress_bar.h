// The live line of a run on a terminal, as text: no terminal is touched here.
//
//   step 120/1000 ━━━━━────────── 12%  loss 2.3451  lr 1.00e-03  |g| 0.84  51.2k tok/s  62% of peak
//   1:23 left
//
// Fields are dropped from the least important one on until the line fits the width.
// Test: tests/train/progress_bar_test.cpp.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart::train {

struct ProgressState {
  int64_t step = 0, total_steps = 0;
  double loss = 0, lr = 0, grad_norm = 0;
  double tokens_per_s = 0;
  double fraction_of_peak = 0;  // 0: unknown
  double left_s = 0;
};

// The same facts without the bar, for logs.
std::string plain_line(const ProgressState& state);

// One row of the start-up table: the text broken between words, so that a line has at most `width`
// columns where the words allow it, and later lines begin below the first one's text.
std::string table_row(const std::string& label, size_t label_width, const std::string& text,
                      int width);

// At most `width` columns.
std::string progress_line(const ProgressState& state, int width, bool unicode);

}  // namespace coldstart::train
