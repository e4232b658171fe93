// TensorBoard event files: the scalars in them.
//
// A file is a row of records: uint64 length, masked CRC-32C of it, the bytes, masked CRC-32C of
// these; little-endian. The bytes are a protocol-buffer message Event {1: double wall_time,
// 2: int64 step, 5: Summary}, Summary {1: repeated Value}, Value {1: tag, 2: float simple_value,
// 8: TensorProto}. Read are simple_value and tensors of one number (float, double, half, bfloat16,
// int32, int64); histograms, images, text and whatever else are passed over. Sources: event.proto,
// summary.proto, tensor.proto of TensorFlow. Test: tests/io/event_file_test.cpp,
// tests/fuzz/event_file_fuzz.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::io {

struct ScalarEvent {
  int64_t step = 0;
  double wall_time = 0;  // seconds since 1970
  std::string tag;
  double value = 0;
  bool single = false;  // the value was a float or shorter: nine digits say all of it
};

struct EventFile {
  std::vector<ScalarEvent> scalars;  // in the order of the file
  int64_t records = 0;
  bool cut_off = false;  // the last record is not whole, as of a program that was killed
};

// DataError that names source and offset when a checksum or a message does not hold, or when this
// is no event file.
EventFile parse_event_file(std::span<const std::byte> bytes, std::string_view source);

}  // namespace coldstart::io
