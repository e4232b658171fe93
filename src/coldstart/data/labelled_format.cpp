#include "coldstart/data/labelled_format.h"

#include <fmt/ranges.h>

#include <bit>
#include <cstring>
#include <limits>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/text.h"

namespace coldstart::data {

static_assert(std::endian::native == std::endian::little, "labelled files are little-endian");

namespace {

// On-disk layout of the 64-byte header.
struct RawHeader {
  char magic[8];
  uint32_t version;
  uint32_t content;
  uint32_t channels;
  uint32_t height;
  uint32_t width;
  uint32_t classes;
  uint64_t count;
  uint64_t names_bytes;
  uint64_t checksum;         // XXH3-64 of names and records; 0: not recorded
  uint64_t header_checksum;  // XXH3-64 of the 56 bytes above; 0: not recorded
};
static_assert(sizeof(RawHeader) == LabelledHeader::kBytes);
constexpr size_t kCheckedHeaderBytes = offsetof(RawHeader, header_checksum);

constexpr std::string_view kHint = "docs/formats.md, \"Labelled examples\", says how to write one";

[[noreturn]] void refuse(std::string_view where, const std::string& what) {
  throw DataError(where, what, kHint);
}

bool possible(const ExampleShape& shape) {
  const auto within = [](int64_t value, int64_t most) { return value >= 1 && value <= most; };
  constexpr int64_t kMost = LabelledHeader::kMaxValues;
  return within(shape.channels, kMost) && within(shape.height, kMost) &&
         within(shape.width, kMost) && within(shape.channels * shape.height, kMost) &&
         within(shape.values(), kMost) && shape.classes >= 2 &&
         shape.classes <= LabelledHeader::kMaxClasses;
}

std::string shape_text(const ExampleShape& s) {
  return fmt::format("{} x {} x {} values, {} classes", s.channels, s.height, s.width, s.classes);
}

std::vector<std::string> parse_names(std::string_view text, int64_t classes,
                                     std::string_view where) {
  if (text.empty()) return {};
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (std::ssize(names) != classes)
    refuse(where, fmt::format("the file names {} classes, and has {}", names.size(), classes));
  return names;
}

void check_labels(const LabelledView& view, std::string_view where) {
  for (int64_t i = 0; i < view.count; ++i) {
    if (view.label(i) >= view.shape.classes)
      refuse(where, fmt::format("example {} has a label outside the classes; got {}, expected 0 to "
                                "{}",
                                i, view.label(i), view.shape.classes - 1));
  }
}

}  // namespace

int32_t LabelledView::label(int64_t i) const {
  return std::to_integer<int32_t>(records[i * shape.record_bytes()]);
}

void LabelledView::read(int64_t i, std::span<int32_t> values) const {
  COLDSTART_CHECK(i >= 0 && i < count && std::ssize(values) == shape.values(),
                  "example {} of {}, {} values", i, count, values.size());
  const std::byte* first = records + i * shape.record_bytes() + 1;
  for (size_t k = 0; k < values.size(); ++k) values[k] = std::to_integer<int32_t>(first[k]);
}

bool looks_like_labelled(std::span<const std::byte> file) {
  return file.size() >= LabelledHeader::kMagic.size() &&
         std::memcmp(file.data(), LabelledHeader::kMagic.data(), LabelledHeader::kMagic.size()) ==
             0;
}

LabelledView parse_labelled(std::span<const std::byte> file, std::string_view where) {
  if (!looks_like_labelled(file))
    refuse(where, "these are no labelled examples; expected a file that starts with CSLABELS");
  if (file.size() < static_cast<size_t>(LabelledHeader::kBytes))
    refuse(where, fmt::format("the file is cut off in its header; got {} bytes, expected at least "
                              "{}",
                              file.size(), LabelledHeader::kBytes));
  RawHeader raw;
  std::memcpy(&raw, file.data(), sizeof raw);
  if (raw.version != LabelledHeader::kVersion)
    refuse(where, fmt::format("the file has another version; got {}, expected {}", raw.version,
                              LabelledHeader::kVersion));
  if (raw.header_checksum != 0 &&
      raw.header_checksum != content_hash(file.data(), kCheckedHeaderBytes))
    refuse(where, "the header is damaged (checksum differs)");
  LabelledView view;
  view.shape = {.content = static_cast<Content>(raw.content),
                .channels = raw.channels,
                .height = raw.height,
                .width = raw.width,
                .classes = raw.classes};
  if (raw.content > 1 || !possible(view.shape))
    refuse(where, fmt::format("the header is impossible; got {}, content {}",
                              shape_text(view.shape), raw.content));
  const auto payload = file.subspan(LabelledHeader::kBytes);
  const auto record = static_cast<uint64_t>(view.shape.record_bytes());
  if (raw.names_bytes > payload.size() ||
      raw.count != (payload.size() - raw.names_bytes) / record ||
      (payload.size() - raw.names_bytes) % record != 0)
    refuse(where, fmt::format("the file is cut off or has extra bytes; got {} bytes after the "
                              "header, expected {} of names and {} records of {}",
                              payload.size(), raw.names_bytes, raw.count, record));
  view.checksum = content_hash(payload.data(), payload.size());
  if (raw.checksum != 0 && raw.checksum != view.checksum)
    refuse(where, "the examples are damaged (checksum differs)");
  view.names = parse_names({reinterpret_cast<const char*>(payload.data()), raw.names_bytes},
                           view.shape.classes, where);
  view.records = payload.data() + raw.names_bytes;
  view.count = static_cast<int64_t>(raw.count);
  check_labels(view, where);
  return view;
}

LabelledView parse_cifar10(std::span<const std::byte> file, std::string_view where) {
  LabelledView view;
  view.shape = {
      .content = Content::numbers, .channels = 3, .height = 32, .width = 32, .classes = 10};
  const auto record = static_cast<size_t>(view.shape.record_bytes());
  if (file.empty() || file.size() % record != 0)
    refuse(where, fmt::format("this is no binary file of CIFAR-10; got {} bytes, expected a "
                              "multiple of {}",
                              file.size(), record));
  view.records = file.data();
  view.count = static_cast<int64_t>(file.size() / record);
  view.checksum = content_hash(file.data(), file.size());
  check_labels(view, where);
  return view;
}

std::string labelled_file(const ExampleShape& shape, const std::vector<std::string>& names,
                          std::string_view records) {
  const auto record = static_cast<size_t>(shape.record_bytes());
  if (!possible(shape) || records.size() % record != 0)
    throw ConfigError(
        "labelled examples",
        fmt::format("no file can hold them; got {}, {} bytes", shape_text(shape), records.size()),
        "2 to 256 classes, whole records");
  std::string payload = fmt::format("{}", fmt::join(names, "\n"));
  const size_t names_bytes = payload.size();
  payload += records;
  RawHeader raw{};
  LabelledHeader::kMagic.copy(raw.magic, sizeof raw.magic);
  raw.version = LabelledHeader::kVersion;
  raw.content = static_cast<uint32_t>(shape.content);
  raw.channels = static_cast<uint32_t>(shape.channels);
  raw.height = static_cast<uint32_t>(shape.height);
  raw.width = static_cast<uint32_t>(shape.width);
  raw.classes = static_cast<uint32_t>(shape.classes);
  raw.count = records.size() / record;
  raw.names_bytes = names_bytes;
  raw.checksum = content_hash(payload.data(), payload.size());
  raw.header_checksum = content_hash(&raw, kCheckedHeaderBytes);
  return std::string(reinterpret_cast<const char*>(&raw), sizeof raw) + payload;
}

}  // namespace coldstart::data
