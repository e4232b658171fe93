// The wire format of protocol buffers, read field by field without a schema.
//
// A message is a row of (key, value); key = field number << 3 | wire type: 0 varint, 1 eight bytes,
// 2 length and bytes, 5 four bytes. Source: protobuf.dev, "Encoding". Test:
// tests/io/event_file_test.cpp, tests/fuzz/event_file_fuzz.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace coldstart::io {

struct WireField {
  uint32_t number = 0;
  uint32_t type = 0;                      // 0, 1, 2 or 5
  uint64_t value = 0;                     // types 0, 1 and 5
  std::span<const std::byte> bytes = {};  // type 2
};

class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> message) : rest_(message) {}

  // The next field; false at the end, and when the message is damaged: see damaged().
  bool next(WireField& field);
  // A bare varint, as in packed lists.
  bool varint(uint64_t& value);
  bool damaged() const { return damaged_; }

 private:
  bool fixed(size_t bytes, uint64_t& value);
  bool fail() {
    damaged_ = true;
    return false;
  }

  std::span<const std::byte> rest_;
  bool damaged_ = false;
};

}  // namespace coldstart::io
