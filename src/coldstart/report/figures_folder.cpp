#include "coldstart/report/figures_folder.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/report/escape.h"
#include "coldstart/report/svg.h"

namespace coldstart::report {

namespace {

std::string table_text(const Table& table) {
  if (table.rows.empty()) return "";
  const auto row_text = [](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) out += fmt::format(" {} |", markdown(cell));
    return out + "\n";
  };
  std::string out = row_text(table.header) + "|";
  for (size_t i = 0; i < table.header.size(); ++i) out += "---|";
  out += "\n";
  for (const auto& row : table.rows) out += row_text(row);
  return out + "\n";
}

std::string verdict_text(const plan::Verdict& verdict) {
  const std::string rule = verdict.rule.empty() ? "" : fmt::format(" ({})", markdown(verdict.rule));
  std::string out =
      fmt::format("**{}**{}. {}\n\n", markdown(verdict.label), rule, markdown(verdict.text));
  for (const std::string& warning : verdict.warnings)
    out += fmt::format("- {}\n", markdown(warning));
  for (const std::string& next : verdict.next) out += fmt::format("- next: {}\n", markdown(next));
  return out + "\n";
}

std::string section_text(const Section& section) {
  std::string out = fmt::format("## {}\n\n", markdown(section.title));
  if (!section.text.empty()) out += markdown(section.text) + "\n\n";
  for (const Check& check : section.checks)
    out += fmt::format("- {} **{}** {}\n",
                       check.answer == Answer::good   ? "(ok)"
                       : check.answer == Answer::look ? "(look)"
                                                      : "(open)",
                       markdown(check.question), markdown(check.text));
  if (!section.checks.empty()) out += "\n";
  out += table_text(section.summary);
  for (const plan::Verdict& verdict : section.verdicts) out += verdict_text(verdict);
  for (const std::string& text : section.list) out += fmt::format("- {}\n", markdown(text));
  if (!section.list.empty()) out += "\n";
  return out + table_text(section.table);
}

// A line that ends a fenced block may not stand in one.
std::string command_text(const std::vector<std::string>& commands) {
  std::string out;
  for (const std::string& command : commands) {
    out += "    ";
    for (const char c : command) out += c == '\n' ? ' ' : c;
    out += "\n";
  }
  return out.empty() ? out : out + "\n";
}

// Where a figure is there for many trials, the folder holds that of the best.
bool is_written(const Panel& panel, const Variant& variant) {
  return panel.pickers.empty() || panel.pickers.front() != "trial" ||
         variant.keys.front() == panel.variants.front().keys.front();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> figure_files(const Report& report,
                                                              const FolderOptions& options) {
  std::vector<std::pair<std::string, std::string>> files;
  const bool has_png = options.format != FigureFormat::svg;
  COLDSTART_CHECK(!has_png || options.png, "PNG files are wanted, and nothing makes them");
  std::string text = fmt::format("# {}\n\n", markdown(report.title));
  if (!report.subtitle.empty()) text += markdown(report.subtitle) + "\n\n";
  for (const Section& section : report.sections) {
    text += section_text(section);
    for (const Panel& panel : section.panels)
      for (size_t i = 0; i < panel.variants.size(); ++i) {
        const Variant& variant = panel.variants[i];
        if (!is_written(panel, variant)) continue;
        Figure figure = variant.figure;
        for (const std::string& key : variant.keys)
          if (key != "all" && figure.title.find(key) == std::string::npos)
            figure.title += ", " + key;
        const std::string name = i == 0 ? panel.id : fmt::format("{}_{}", panel.id, i + 1);
        const std::string picture = svg(figure);
        text +=
            fmt::format("![{}]({}.{})\n\n", markdown(figure.title), name, has_png ? "png" : "svg");
        if (!figure.caption.empty()) text += markdown(figure.caption) + "\n\n";
        if (has_png) files.emplace_back(name + ".png", options.png(picture));
        if (options.format != FigureFormat::png) files.emplace_back(name + ".svg", picture);
      }
    text += command_text(section.commands);
  }
  files.emplace_back("README.md", text + markdown(report.footer) + "\n");
  return files;
}

void write_figures(const Report& report, const std::filesystem::path& folder,
                   const FolderOptions& options) {
  make_directories(folder);
  for (const auto& [name, content] : figure_files(report, options))
    write_file_atomic(folder / name, content);
}

}  // namespace coldstart::report
