#include "coldstart/train/options_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "coldstart/optim/builtin.h"
#include "coldstart/train/config.h"
#include "coldstart/train/presets.h"

namespace coldstart::train {

namespace {

constexpr const char* kIntroduction =
    R"(# Options of a run

This page is made by `coldstart docs options` from the same description that reads configuration
files and flags.

An option stands in a TOML file as `key = value` under its `[table]`, and on a command line as
`--table.key value`, or `--key value` where only one table has the key. A later source wins:
defaults, then a preset, then the file, then flags. A file may begin with `preset = "NAME"`. An
unknown key, a value of the wrong type or out of range ends the command before anything is built.
)";

// The comment that opens a preset, as one line.
std::string first_comment(std::string_view toml) {
  std::string text;
  while (toml.starts_with("#")) {
    const size_t end = toml.find('\n');
    text += toml.substr(1, end - 1);
    if (end == std::string_view::npos) break;
    toml.remove_prefix(end + 1);
  }
  return text.empty() ? text : text.substr(1);
}

// As Markdown shows it: <unk> would be taken for a tag.
std::string escaped(const std::string& text) {
  std::string page;
  for (const char c : text) page += c == '<' ? "&lt;" : std::string(1, c);
  return page;
}

// The names of the optimizers, and which of them read an option; the built-in ones, whatever a
// program has added.
std::string optimizers_of(const Field& field) {
  const std::vector<optim::OptimizerEntry> all = optim::builtin_optimizers();
  std::vector<std::string> names;
  for (const optim::OptimizerEntry& entry : all) {
    const bool reads = std::ranges::find(entry.options, field.key) != entry.options.end();
    if (reads || field.key == "name") names.push_back(entry.name);
  }
  if (field.key == "name") return fmt::format(": {}", fmt::join(names, ", "));
  if (names.empty() || names.size() == all.size()) return "";
  return fmt::format("; read by {}", fmt::join(names, ", "));
}

}  // namespace

std::string options_page() {
  std::string page = kIntroduction;
  RunConfig defaults;
  std::string table;
  for (const Field& field : defaults.fields()) {
    if (field.table != table) {
      table = field.table;
      page += fmt::format("\n## [{}]\n\n| key | default | value | meaning |\n|---|---|---|---|\n",
                          table);
    }
    const std::string text = value_text(field.value());
    page +=
        fmt::format("| `{}` | {} | {} | {} |\n", field.key,
                    text.empty() ? "" : fmt::format("`{}`", text), field.expected(),
                    escaped(field.info.help) + (table == "optimizer" ? optimizers_of(field) : ""));
  }
  page += "\n## Presets\n\n| name | what it is |\n|---|---|\n";
  for (const Preset& preset : presets())
    page += fmt::format("| `{}` | {} |\n", preset.name, first_comment(preset.toml));
  return page;
}

}  // namespace coldstart::train
