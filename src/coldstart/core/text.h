// Small text helpers: whole-string number parsing, nearest names, human-readable quantities.
// Test: tests/core/text_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart {

// The whole text as a number, or nothing ("3x", "", " 3" and "nan" for integers are refused).
std::optional<int64_t> parse_int(std::string_view text);
std::optional<double> parse_double(std::string_view text);
// "1,2,3", or nothing when a part is no number; an empty text is an empty list.
std::optional<std::vector<int64_t>> parse_int_list(std::string_view text);

// The candidate with the smallest edit distance to name (a swap of neighbours is one edit); empty
// when none is close (distance > 1/2 of the length).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

std::string human_bytes(double bytes);       // "1.5 GiB"
std::string human_count(double count);       // "124.4M"
std::string human_flops(double flops);       // "151.4 GFLOP"
std::string human_duration(double seconds);  // "1:02:03", "4:05", "12 s"

}  // namespace coldstart
