#include "coldstart/train/presets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::train {

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : presets())
    if (preset.name == name) return &preset;
  return nullptr;
}

void unknown_preset(std::string_view name, std::string_view where) {
  const auto names = preset_names();
  const std::string nearest = nearest_name(name, names);
  throw ConfigError(where, fmt::format("'{}' is neither a file nor a preset", name),
                    fmt::format("{}presets: {}",
                                nearest.empty() ? "" : fmt::format("did you mean '{}'? ", nearest),
                                fmt::join(names, ", ")));
}

}  // namespace coldstart::train
