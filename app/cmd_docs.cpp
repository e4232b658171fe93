// coldstart docs: what is made from the program itself: reference pages for docs/ and their tests,
// the manual page and the shells' completions that are installed. Hidden from --help.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "app/completion.h"
#include "app/man_page.h"
#include "coldstart/metrics/metrics_page.h"
#include "coldstart/plan/rules_page.h"
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
  docs->add_subcommand("rules", "every rule of the planner: docs/rules.md")->callback([] {
    fmt::print("{}", plan::rules_page());
  });
  docs->add_subcommand("man", "the manual page")->callback([&app] {
    fmt::print("{}", man_page(app));
  });
  CLI::App* completion = docs->add_subcommand("completion", "completions for a shell");
  const auto shell = std::make_shared<std::string>();
  completion->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&app, shell] {
    fmt::print("{}", *shell == "bash"  ? bash_completion(app)
                     : *shell == "zsh" ? zsh_completion(app)
                                       : fish_completion(app));
  });
}

}  // namespace coldstart::app
