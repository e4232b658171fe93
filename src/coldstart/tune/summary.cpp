#include "coldstart/tune/summary.h"

#include <fmt/format.h>

namespace coldstart::tune {

namespace {

std::string section(const Decision& d) {
  std::string text = fmt::format("## {}\n\n**{}**", d.question, d.answer);
  if (!d.label.empty()) text += fmt::format(" (`{}`)", d.label);
  text += "\n\n";
  for (const std::string& line : d.evidence) text += fmt::format("- {}\n", line);
  for (const std::string& line : d.caveats) text += fmt::format("- caveat: {}\n", line);
  text += fmt::format("- cost: {}\n", cost_text(d.cost));
  if (!d.commands.empty()) {
    text += "\nBy hand:\n\n```sh\n";
    for (const std::string& line : d.commands) text += line + "\n";
    text += "```\n";
  }
  return text + "\n";
}

// As an indented block: what a model writes may hold any fence.
std::string indented(const std::string& text) {
  std::string block = "    ";
  for (const char c : text) block += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return block + "\n";
}

}  // namespace

std::string summary_markdown(const SummaryHead& head, const std::vector<Decision>& decisions) {
  std::string text = fmt::format(
      "# {}\n\nSpent: {}. Every run is under `runs/`, the journal is "
      "`journal.jsonl`, the figures are in `report.html`.\n\n",
      head.command, cost_text(head.spent));
  for (const Decision& d : decisions) text += section(d);
  if (!head.sample.empty()) text += "## What it writes\n\n" + indented(head.sample);
  return text;
}

}  // namespace coldstart::tune
