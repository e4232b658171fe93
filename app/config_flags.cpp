#include "app/config_flags.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::app {

namespace {

// The first one is shown in --help. Words may be joined by dashes, as in the flags of the verbs.
std::vector<std::string> spellings(const FieldList& fields, const Field& field) {
  std::vector<std::string> names = {fields.short_name(field)};
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  add(field.name());
  for (std::string name : std::vector<std::string>(names)) {
    std::ranges::replace(name, '_', '-');
    add(name);
  }
  return names;
}

}  // namespace

ConfigFlags::ConfigFlags(CLI::App& verb, const FieldList& fields) {
  for (const Field& field : fields) {
    std::string names;
    for (const std::string& name : spellings(fields, field))
      names += fmt::format("{}--{}", names.empty() ? "" : ",", name);
    verb.add_option_function<std::string>(
            names,
            [this, name = field.name()](const std::string& text) {
              given_.emplace_back(name, text);
            },
            field.help_line())
        ->group(fmt::format("[{}]", field.table))
        ->type_name(field.value_hint());
  }
}

void ConfigFlags::apply(const FieldList& fields) const {
  for (const auto& [name, text] : given_)
    fields.find(name, "command line").set_text(text, "--" + name);
}

}  // namespace coldstart::app
