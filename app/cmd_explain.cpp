// coldstart explain TD-12: one rule, code or label of the planner: what it says, where it comes
// from, whose its threshold is, which test proves it. Test: tests/e2e/explain_test.cpp.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "app/commands.h"
#include "coldstart/plan/rules.h"

namespace coldstart::app {

void add_explain(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("explain", "a rule, warning or label of the planner");
  auto id = std::make_shared<std::string>();
  verb->add_option("RULE", *id, "its name: TD-12, W-STINGY, TOO_LONG; all are in docs/rules.md")
      ->required();
  verb->footer("Examples:\n  coldstart explain TD-12\n  coldstart explain W-STINGY");
  verb->callback([id] { fmt::print("{}", plan::explain(*id)); });
}

}  // namespace coldstart::app
