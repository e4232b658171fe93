// The presets: presets/*.toml, embedded in the library at build time, so that a preset name works
// wherever the program is. Test: tests/train/config_test.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::train {

struct Preset {
  std::string_view name;  // "bench-1m"
  std::string_view toml;
};

std::span<const Preset> presets();  // sorted by name; defined in the generated presets.cpp
std::vector<std::string> preset_names();
const Preset* find_preset(std::string_view name);  // nullptr when there is none

// ConfigError that names the nearest preset and lists all.
[[noreturn]] void unknown_preset(std::string_view name, std::string_view where);

}  // namespace coldstart::train
