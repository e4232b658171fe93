#include "coldstart/io/event_file.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/io/crc32c.h"
#include "coldstart/io/protobuf.h"

namespace coldstart::io {

namespace {

using Bytes = std::span<const std::byte>;

// Types of TensorFlow's tensors, types.proto.
enum : uint64_t { kFloat = 1, kDouble = 2, kInt32 = 3, kInt64 = 9, kBfloat16 = 14, kHalf = 19 };

uint64_t little_endian(Bytes bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= static_cast<uint64_t>(bytes[i]) << (8 * i);
  return value;
}

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

double half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  if (exponent == 31) value = mantissa == 0 ? INFINITY : NAN;
  return (bits >> 15) != 0 ? -value : value;
}

// The bits of one element of that type as a number.
double element(uint64_t type, uint64_t bits) {
  switch (type) {
    case kFloat:
      return std::bit_cast<float>(static_cast<uint32_t>(bits));
    case kDouble:
      return std::bit_cast<double>(bits);
    case kInt32:
      return static_cast<int32_t>(bits);
    case kInt64:
      return static_cast<double>(static_cast<int64_t>(bits));
    case kBfloat16:
      return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
    default:
      return half(static_cast<uint16_t>(bits));
  }
}

size_t width_of(uint64_t type) {
  switch (type) {
    case kFloat:
    case kInt32:
      return 4;
    case kDouble:
    case kInt64:
      return 8;
    case kBfloat16:
    case kHalf:
      return 2;
    default:
      return 0;
  }
}

struct Scalar {
  double value = 0;
  bool single = false;
};

// A TensorProto of one number: tensor_content (4), or the list of its type; lists may be packed.
std::optional<Scalar> tensor_scalar(Bytes message, bool& damaged) {
  uint64_t type = 0;
  std::optional<Bytes> content;
  std::optional<uint64_t> bits;
  int64_t count = 0;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    const bool is_list = field.number == 5 || field.number == 6 || field.number == 7 ||
                         field.number == 10 || field.number == 13;
    if (field.number == 1 && field.type == 0) {
      type = field.value;
    } else if (field.number == 4 && field.type == 2) {
      content = field.bytes;
    } else if (is_list && field.type != 2) {
      bits = field.value;
      ++count;
    } else if (is_list && (field.number == 5 || field.number == 6)) {  // packed floats, doubles
      const size_t width = field.number == 5 ? 4 : 8;
      if (field.bytes.size() >= width) bits = little_endian(field.bytes.first(width));
      count += static_cast<int64_t>(field.bytes.size() / width);
    } else if (is_list) {  // packed varints
      WireReader list(field.bytes);
      for (uint64_t value = 0; list.varint(value); ++count) bits = value;
    }
  }
  damaged |= reader.damaged();
  const size_t width = width_of(type);
  if (width == 0) return std::nullopt;
  if (content && content->size() == width) bits = little_endian(*content), count = 1;
  if (!bits || count != 1) return std::nullopt;
  return Scalar{element(type, *bits), width <= 4 && type != kInt32};
}

// Summary.Value: a tag and a number, when it has both.
void add_value(Bytes message, const ScalarEvent& event, EventFile& file, bool& damaged) {
  std::string tag;
  std::optional<Scalar> scalar;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.number == 1 && field.type == 2) tag = text_of(field.bytes);
    if (field.number == 2 && field.type == 5)
      scalar = Scalar{std::bit_cast<float>(static_cast<uint32_t>(field.value)), true};
    if (field.number == 8 && field.type == 2) scalar = tensor_scalar(field.bytes, damaged);
  }
  damaged |= reader.damaged();
  if (tag.empty() || !scalar) return;
  file.scalars.push_back(
      {event.step, event.wall_time, std::move(tag), scalar->value, scalar->single});
}

bool add_event(Bytes message, EventFile& file) {
  ScalarEvent event;
  std::vector<Bytes> summaries;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.number == 1 && field.type == 1) event.wall_time = std::bit_cast<double>(field.value);
    if (field.number == 2 && field.type == 0) event.step = static_cast<int64_t>(field.value);
    if (field.number == 5 && field.type == 2) summaries.push_back(field.bytes);
  }
  bool damaged = reader.damaged();
  for (const Bytes summary : summaries) {
    WireReader values(summary);
    for (WireField field; values.next(field);)
      if (field.number == 1 && field.type == 2) add_value(field.bytes, event, file, damaged);
    damaged |= values.damaged();
  }
  return !damaged;
}

}  // namespace

EventFile parse_event_file(std::span<const std::byte> bytes, std::string_view source) {
  EventFile file;
  size_t at = 0;
  const auto refuse = [&](const char* what) {
    throw DataError(fmt::format("{} at byte {}", source, at), what,
                    at == 0 ? "event files are named events.out.tfevents.* and are not compressed"
                            : "copy the file again; import takes what other files hold");
  };
  constexpr size_t kHead = 12, kTail = 4;
  while (at < bytes.size()) {
    const Bytes rest = bytes.subspan(at);
    if (rest.size() < kHead) {
      file.cut_off = true;
      break;
    }
    if (masked_crc32c(rest.first(8)) != little_endian(rest.subspan(8, 4)))
      refuse(at == 0 ? "not a TensorBoard event file"
                     : "the checksum of a record's length is wrong");
    const uint64_t length = little_endian(rest.first(8));
    if (length > rest.size() - kHead || rest.size() - kHead - length < kTail) {
      file.cut_off = true;
      break;
    }
    const Bytes message = rest.subspan(kHead, length);
    if (masked_crc32c(message) != little_endian(rest.subspan(kHead + length, kTail)))
      refuse("the checksum of a record is wrong");
    if (!add_event(message, file)) refuse("a record is no Event message");
    ++file.records;
    at += kHead + length + kTail;
  }
  if (file.records == 0 && !bytes.empty() && bytes.size() < kHead)
    refuse("not a TensorBoard event file");
  return file;
}

}  // namespace coldstart::io
