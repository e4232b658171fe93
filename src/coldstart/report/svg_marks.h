// A recorded series as SVG: its points, its line, its bars and its intervals, and what stands for
// it in a legend. Test: tests/report/page_test.cpp.
#pragma once

#include <string>

#include "coldstart/report/figure.h"
#include "coldstart/report/svg_scale.h"

namespace coldstart::report {

std::string marks(const Series& series, const Scale& x, const Scale& y);
std::string line(const Series& series, const Scale& x, const Scale& y);
std::string bars(const Series& series, const Scale& x, const Scale& y);
// Around a line a band, at points a bar each.
std::string intervals(const Series& series, const Scale& x, const Scale& y);

// 18 wide, around y.
std::string swatch(const Series& series, double x, double y);

}  // namespace coldstart::report
