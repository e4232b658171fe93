// Fuzzes the number parsers and name matching of core/text.h: any bytes are refused or parsed
// whole, and a parsed integer prints as a number that parses to itself.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto value = parse_int(text))
    COLDSTART_CHECK(parse_int(fmt::format("{}", *value)) == value, "{} changed", *value);
  if (const auto value = parse_double(text); value && *value == *value)
    COLDSTART_CHECK(parse_double(fmt::format("{}", *value)) == value, "{} changed", *value);
  const std::vector<std::string> names = {"steps", "batch_tokens", "warmup"};
  (void)nearest_name(text.substr(0, 64), names);
  return 0;
}
