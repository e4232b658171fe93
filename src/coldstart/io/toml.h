// TOML, one table deep: to and from settings, whatever they mean.
//
// Values are booleans, integers, numbers, strings and lists of integers; anything else is refused.
// Errors name file and line. Test: tests/io/toml_test.cpp, tests/fuzz/config_fuzz.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/fields.h"

namespace coldstart::io {

// In the order of the text; source names it in messages ("my.toml:12").
std::vector<Setting> parse_toml(std::string_view text, std::string_view source);

// Settings of one table must stand together; comments go behind the values, and on below one
// another where the line would be longer than 100 columns.
std::string to_toml(std::span<const Setting> settings);

// A text as TOML writes it, in double quotes.
std::string toml_quoted(std::string_view text);

}  // namespace coldstart::io
