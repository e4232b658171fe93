// A PNG of an SVG, drawn by librsvg and cairo: for places that show no SVG, such as a README.
// Test: tests/e2e/report_test.cpp.
#pragma once

#include <string>

namespace coldstart::app {

// Bytes of the file. scale: pixels for each unit of the SVG. ResourceError for what is no SVG.
std::string png_of(const std::string& svg, double scale = 2);

}  // namespace coldstart::app
