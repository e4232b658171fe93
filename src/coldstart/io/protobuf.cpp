#include "coldstart/io/protobuf.h"

namespace coldstart::io {

bool WireReader::varint(uint64_t& value) {
  value = 0;
  for (uint32_t shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return fail();
    const auto byte = static_cast<uint64_t>(rest_.front());
    rest_ = rest_.subspan(1);
    value |= (byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return fail();
}

bool WireReader::fixed(size_t bytes, uint64_t& value) {
  if (rest_.size() < bytes) return fail();
  value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(rest_[i]) << (8 * i);
  rest_ = rest_.subspan(bytes);
  return true;
}

bool WireReader::next(WireField& field) {
  if (rest_.empty() || damaged_) return false;
  uint64_t key = 0;
  if (!varint(key)) return false;
  field = {.number = static_cast<uint32_t>(key >> 3), .type = static_cast<uint32_t>(key & 7)};
  if (key >> 3 == 0 || key >> 35 != 0) return fail();
  switch (field.type) {
    case 0:
      return varint(field.value);
    case 1:
      return fixed(8, field.value);
    case 5:
      return fixed(4, field.value);
    case 2: {
      uint64_t length = 0;
      if (!varint(length)) return false;
      if (length > rest_.size()) return fail();
      field.bytes = rest_.first(length);
      rest_ = rest_.subspan(length);
      return true;
    }
    default:
      return fail();
  }
}

}  // namespace coldstart::io
