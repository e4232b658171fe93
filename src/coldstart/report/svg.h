// SVG: a figure as a file that stands by itself, for papers and documents.
//
// The same positions, marks and labels as in the page; a legend instead of hover values. Text is
// escaped. Test: tests/report/page_test.cpp.
#pragma once

#include <string>

#include "coldstart/report/figure.h"

namespace coldstart::report {

std::string svg(const Figure& figure);

}  // namespace coldstart::report
