// coldstart report RUN|STUDY... -o page.html: one page over runs and studies.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/png.h"
#include "app/report_input.h"
#include "app/serve_page.h"
#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/io/json_record.h"
#include "coldstart/report/figures_folder.h"
#include "coldstart/report/page.h"
#include "coldstart/study/run_records.h"

namespace coldstart::app {

namespace {

struct ReportFlags {
  std::vector<std::string> paths;
  std::string out, figures, format = "svg";
  bool watch = false, json = false;
  ServeOptions serve;
};

void watch(const ReportFlags& flags) {
  const auto page = [&] {
    return report::html_page(report::make_report(read_report_input(flags.paths)), {.live = true});
  };
  page();  // what is wrong with the paths is said here, not in a browser
  serve_page(
      page, [&] { return study::version_of(record_directories(flags.paths)); }, flags.serve,
      [](const std::string& url) {
        fmt::print("the report is at {}  (Ctrl-C ends it)\n", url);
        std::fflush(stdout);
      });
}

void write(const ReportFlags& flags) {
  if (flags.out.empty() && flags.figures.empty())
    throw ConfigError("report", "it is not said where to put it",
                      "add -o page.html, --figures DIR or --watch");
  const report::Report report = report::make_report(read_report_input(flags.paths));
  const size_t bytes = flags.out.empty() ? 0 : report::write_page(report, flags.out);
  if (!flags.figures.empty())
    report::write_figures(report, flags.figures,
                          {.format = *parse_enum<report::FigureFormat>(flags.format),
                           .png = [](const std::string& svg) { return png_of(svg); }});
  if (flags.json) {
    fmt::print("{}\n", io::JsonRecord()
                           .add("page", flags.out)
                           .add("figures", static_cast<int64_t>(report.figures()))
                           .add("bytes", static_cast<int64_t>(bytes))
                           .add("folder", flags.figures)
                           .line());
    return;
  }
  if (!flags.out.empty())
    fmt::print("{}: {} figures, {}\n", flags.out, report.figures(),
               human_bytes(static_cast<double>(bytes)));
  if (!flags.figures.empty()) fmt::print("{}: README.md and its figures\n", flags.figures);
}

}  // namespace

void add_report(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("report", "one page with figures over runs or a study");
  auto flags = std::make_shared<ReportFlags>();
  verb->add_option("PATH", flags->paths,
                   "directories of runs, or of one study, or one that holds runs")
      ->required();
  verb->add_option("-o,--out", flags->out, "the page: one HTML file that needs nothing else");
  CLI::Option* folder = verb->add_option(
      "--figures", flags->figures, "a folder for the same figures, with a summary in README.md");
  verb->add_option("--format", flags->format, "files of the figures: svg, png or both")
      ->check(CLI::IsMember(enum_choices<report::FigureFormat>()))
      ->capture_default_str()
      ->needs(folder);
  CLI::Option* watching =
      verb->add_flag("--watch", flags->watch, "serve the page and keep it up to date");
  verb->add_option("--host", flags->serve.host, "address to serve on")
      ->capture_default_str()
      ->needs(watching);
  verb->add_option("--port", flags->serve.port, "port to serve on; 0 = any that is free")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str()
      ->needs(watching);
  verb->add_flag("--json", flags->json, "print one JSON line");
  verb->footer(
      "Examples:\n  coldstart report runs/demo -o page.html\n"
      "  coldstart report my-study --figures figures");
  verb->callback([flags] { flags->watch ? watch(*flags) : write(*flags); });
}

}  // namespace coldstart::app
