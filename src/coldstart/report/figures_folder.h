// A report as a folder: its figures as SVG or PNG, and README.md with the text and all of them.
// Where a reader of the page chooses among trials, the folder has the best one.
// Test: tests/report/page_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "coldstart/core/enum_text.h"
#include "coldstart/report/report.h"

namespace coldstart::report {

enum class FigureFormat : uint8_t { svg, png, both };  // README.md shows PNG where there are some

struct FolderOptions {
  FigureFormat format = FigureFormat::svg;
  std::function<std::string(const std::string&)> png = {};  // the PNG file of an SVG; not for svg
};

// File name and content, without writing: "loss_against_lr.svg", ..., "README.md" last.
std::vector<std::pair<std::string, std::string>> figure_files(const Report& report,
                                                              const FolderOptions& options = {});

// Writes them; makes the folder, replaces files of these names, leaves others alone.
void write_figures(const Report& report, const std::filesystem::path& folder,
                   const FolderOptions& options = {});

}  // namespace coldstart::report

template <>
struct coldstart::EnumText<coldstart::report::FigureFormat> {
  using E = coldstart::report::FigureFormat;
  static constexpr auto names =
      enum_names<E>({{E::svg, "svg"}, {E::png, "png"}, {E::both, "both"}});
};
