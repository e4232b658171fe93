// Bytes of TensorBoard event files, for tests.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "coldstart/io/crc32c.h"

namespace coldstart::io {

inline std::string little(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

inline std::string varint(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>((value & 0x7F) | 0x80);
  return text + static_cast<char>(value);
}

inline std::string field_bytes(uint32_t number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}

// An Event with one Summary.Value; `rest` is what stands in the value beside its tag.
inline std::string event(int64_t step, const std::string& tag, const std::string& rest,
                         double wall_time = 1e9) {
  const std::string value = field_bytes(1, tag) + rest;
  return varint(1 << 3 | 1) + little(std::bit_cast<uint64_t>(wall_time), 8) + varint(2 << 3 | 0) +
         varint(static_cast<uint64_t>(step)) + field_bytes(5, field_bytes(1, value));
}

inline std::string simple_value(float value) {
  return varint(2 << 3 | 5) + little(std::bit_cast<uint32_t>(value), 4);
}

inline uint32_t masked(const std::string& bytes) {
  return masked_crc32c(std::as_bytes(std::span(bytes)));
}

// A record of an event file.
inline std::string record(const std::string& message) {
  const std::string length = little(message.size(), 8);
  return length + little(masked(length), 4) + message + little(masked(message), 4);
}

inline std::string scalar(int64_t step, const std::string& tag, float value,
                          double wall_time = 1e9) {
  return record(event(step, tag, simple_value(value), wall_time));
}

}  // namespace coldstart::io
