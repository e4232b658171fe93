// TOML, one table deep: to and from settings, whatever they mean.
//
// Values are booleans, integers, numbers, strings and lists of integers; anything else is refused.
// Errors name file and line. Test: tests/io/toml_test.cpp, tests/fuzz/toml_fuzz.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/fields.h"

namespace coldstart::io {

// In the order of the text; source names it in messages ("my.toml:12").
std::vector<Setting> parse_toml(std::string_view text, std::string_view source);

// Settings of one table must stand together; comments go behind the values.
std::string to_toml(std::span<const Setting> settings);

}  // namespace coldstart::io
