// coldstart docs: reference pages made from the program itself, for docs/ and its test. Hidden from
// --help.
#include <fmt/format.h>

#include "app/commands.h"
#include "coldstart/metrics/metrics_page.h"
#include "coldstart/train/options_page.h"

namespace coldstart::app {

void add_docs(CLI::App& app) {
  CLI::App* docs = app.add_subcommand("docs", "print a generated page of the documentation");
  docs->group("");  // hidden
  docs->require_subcommand(1);
  docs->add_subcommand("options", "every option of a run: docs/options.md")->callback([] {
    fmt::print("{}", train::options_page());
  });
  docs->add_subcommand("metrics", "every measure of a run: docs/metrics.md")->callback([] {
    fmt::print("{}", metrics::metrics_page());
  });
}

}  // namespace coldstart::app
