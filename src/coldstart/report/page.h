// Page: a report as one HTML file that needs nothing else, no network and no server.
//
// Chart.js (from the system's package, embedded when this was built), the style, the drawing code
// and the data all stand in the file. Text is escaped on the way in (escape.h), the drawing code
// only ever sets text, and a content security policy forbids everything that is not in the file.
// Test: tests/report/page_test.cpp, tests/e2e/report_test.cpp.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "coldstart/report/report.h"

namespace coldstart::report {

struct PageOptions {
  bool live = false;  // asks its server for news and draws itself again
};

std::string html_page(const Report& report, const PageOptions& options = {});

// Writes it whole or not at all; its size in bytes.
size_t write_page(const Report& report, const std::filesystem::path& file);

// The figures of a report as JSON, as they stand in the page.
std::string figures_json(const Report& report);

namespace assets {  // made by cmake/embed_assets.cmake
extern const std::string_view chart_js, page_js, page_css;
}

}  // namespace coldstart::report
