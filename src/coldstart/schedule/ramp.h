// Ramp: a strength over the run, constant or rising or falling along a line between two steps; a
// value that is compared and printed. Steps count from 0, as in Schedule.
//
//   at(step) = from                                              step <= begin
//              from + (to - from) (step - begin) / (end - begin)  in between
//              to                                                step >= end
//
// begin = end is a jump at that step. Test: tests/schedule/ramp_test.cpp.
#pragma once

#include <cstdint>
#include <string>

namespace coldstart::schedule {

struct Ramp {
  double from = 1, to = 1;
  int64_t begin = 0, end = 0;  // steps, begin <= end

  double at(int64_t step) const;
  bool is_constant() const { return from == to; }
  double largest() const { return from > to ? from : to; }
  double smallest() const { return from < to ? from : to; }
  bool operator==(const Ramp&) const = default;
};

std::string describe(const Ramp& ramp);  // "0 to 1 over steps 100 to 500", or "1"

}  // namespace coldstart::schedule
