// The bytes of a file of labelled examples (docs/formats.md, "Labelled examples"): byte windows or
// images, each with its class. A header, the names of the classes, then records of one label byte
// and the example's bytes, channel after channel, row after row.
//
// CIFAR-10's binary files are such records without a header, 1 + 3 x 32 x 32 bytes each, and are
// read too. parse_labelled accepts any bytes whatsoever and trusts none: magic, version, checksums,
// sizes, and that every label is one of the classes. Test: tests/data/labelled_format_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::data {

enum class Content : uint32_t {
  numbers = 0,  // pixels: more is brighter
  symbols = 1,  // bytes: their order means nothing
};

struct ExampleShape {
  Content content = Content::numbers;
  int64_t channels = 1, height = 1, width = 1;
  int64_t classes = 2;

  int64_t values() const { return channels * height * width; }
  int64_t record_bytes() const { return 1 + values(); }
  bool operator==(const ExampleShape&) const = default;
};

// A non-owning view of records.
struct LabelledView {
  ExampleShape shape;
  std::vector<std::string> names;  // of the classes; empty: they have none
  const std::byte* records = nullptr;
  int64_t count = 0;
  uint64_t checksum = 0;  // XXH3-64 of names and records

  int32_t label(int64_t i) const;
  void read(int64_t i, std::span<int32_t> values) const;  // shape.values() of them, 0 to 255
};

struct LabelledHeader {
  static constexpr std::string_view kMagic = "CSLABELS";
  static constexpr uint32_t kVersion = 1;
  static constexpr int64_t kBytes = 64;
  static constexpr int64_t kMaxClasses = 256, kMaxValues = 1 << 24;
};

bool looks_like_labelled(std::span<const std::byte> file);  // by its magic number alone

// `where` names the file in errors. DataError for anything but a sound file.
LabelledView parse_labelled(std::span<const std::byte> file, std::string_view where);
// The records of CIFAR-10: 10 classes, 3 x 32 x 32.
LabelledView parse_cifar10(std::span<const std::byte> file, std::string_view where);

// A whole file. records: count of them, one after the other; names: none, or one a class, without
// line ends. ConfigError for a shape that no file can have.
std::string labelled_file(const ExampleShape& shape, const std::vector<std::string>& names,
                          std::string_view records);

}  // namespace coldstart::data
