// The header of a safetensors file: parsed with suspicion.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/io/safetensors.h"

namespace coldstart::io {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // as in the format's reference implementation

struct TypeName {
  StoredType type;
  std::string_view name;
  int64_t size;
};
constexpr TypeName kTypes[] = {
    {StoredType::f16, "F16", 2}, {StoredType::bf16, "BF16", 2}, {StoredType::f32, "F32", 4},
    {StoredType::f64, "F64", 8}, {StoredType::i32, "I32", 4},   {StoredType::i64, "I64", 8},
};

[[noreturn]] void refuse(std::string_view source, const std::string& what) {
  throw DataError(source, "not a valid safetensors file: " + what,
                  "the file is damaged, cut short or of another format");
}

std::optional<int64_t> count_of(const nlohmann::json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<uint64_t>();
  if (number > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<int64_t>(number);
}

std::optional<std::vector<int64_t>> counts_of(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end() || !found->is_array()) return std::nullopt;
  std::vector<int64_t> counts;
  for (const auto& item : *found) {
    const auto count = count_of(item);
    if (!count) return std::nullopt;
    counts.push_back(*count);
  }
  return counts;
}

// Bytes of a tensor, or nothing when the product does not fit 63 bits.
std::optional<int64_t> checked_bytes(const StoredTensor& tensor) {
  int64_t bytes = stored_size(tensor.type);
  for (const int64_t dim : tensor.shape)
    if (__builtin_mul_overflow(bytes, dim, &bytes)) return std::nullopt;
  return bytes;
}

StoredTensor parse_entry(const std::string& name, const nlohmann::json& entry,
                         std::string_view source) {
  if (!entry.is_object()) refuse(source, fmt::format("'{}' is not described by an object", name));
  StoredTensor tensor;
  tensor.name = name;
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string())
    refuse(source, fmt::format("'{}' has no dtype", name));
  const auto& type_text = dtype->get_ref<const std::string&>();
  const auto* type =
      std::find_if(std::begin(kTypes), std::end(kTypes),
                   [&](const TypeName& candidate) { return candidate.name == type_text; });
  if (type == std::end(kTypes))
    throw DataError(source,
                    fmt::format("'{}' has a type that is not supported; got {}, expected "
                                "F16, BF16, F32, F64, I32 or I64",
                                name, type_text),
                    "convert the tensor to F32 first");
  tensor.type = type->type;
  const auto shape = counts_of(entry, "shape");
  if (!shape) refuse(source, fmt::format("'{}' has no shape of whole numbers", name));
  tensor.shape = *shape;
  const auto offsets = counts_of(entry, "data_offsets");
  if (!offsets || offsets->size() != 2 || (*offsets)[0] > (*offsets)[1])
    refuse(source, fmt::format("'{}' has no pair of data offsets in order", name));
  tensor.begin = (*offsets)[0];
  tensor.end = (*offsets)[1];
  const auto bytes = checked_bytes(tensor);
  if (!bytes || *bytes != tensor.end - tensor.begin)
    refuse(source, fmt::format("'{}' has a shape that does not match its {} bytes of data", name,
                               tensor.end - tensor.begin));
  return tensor;
}

Metadata parse_metadata(const nlohmann::json& entry, std::string_view source) {
  if (!entry.is_object()) refuse(source, "__metadata__ is not an object");
  Metadata metadata;
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string()) refuse(source, "__metadata__ holds something else than text");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// Sorted by data, the tensors must follow each other without overlap or hole up to the end.
void check_layout(std::vector<StoredTensor>& tensors, int64_t data_bytes, std::string_view source) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  int64_t end = 0;
  for (const StoredTensor& tensor : tensors) {
    if (tensor.begin != end)
      refuse(source, fmt::format("'{}' {} the data before it", tensor.name,
                                 tensor.begin < end ? "overlaps" : "leaves a hole behind"));
    end = tensor.end;
  }
  if (end != data_bytes)
    refuse(source, fmt::format("the tensors take {} bytes; the file holds {}", end, data_bytes));
}

}  // namespace

int64_t stored_size(StoredType type) { return kTypes[static_cast<size_t>(type)].size; }
std::string_view stored_type_name(StoredType type) {
  return kTypes[static_cast<size_t>(type)].name;
}

int64_t StoredTensor::size() const { return (end - begin) / stored_size(type); }

SafetensorsHeader parse_safetensors(std::span<const std::byte> file, std::string_view source) {
  uint64_t header_bytes = 0;
  if (file.size() < sizeof header_bytes)
    refuse(source, fmt::format("{} bytes are too few for a header", file.size()));
  std::memcpy(&header_bytes, file.data(), sizeof header_bytes);
  if (header_bytes > kMaxHeaderBytes || header_bytes > file.size() - sizeof header_bytes)
    refuse(source, fmt::format("a header of {} bytes does not fit a file of {} bytes", header_bytes,
                               file.size()));
  const auto* text = reinterpret_cast<const char*>(file.data() + sizeof header_bytes);
  const auto header = nlohmann::json::parse(text, text + header_bytes, nullptr, false);
  if (!header.is_object()) refuse(source, "the header is not a JSON object");

  SafetensorsHeader result;
  result.data_begin = static_cast<int64_t>(sizeof header_bytes + header_bytes);
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__")
      result.metadata = parse_metadata(entry, source);
    else
      result.tensors.push_back(parse_entry(name, entry, source));
  }
  check_layout(result.tensors, static_cast<int64_t>(file.size()) - result.data_begin, source);
  return result;
}

}  // namespace coldstart::io
