#include "coldstart/io/safetensors.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::io {

namespace {

constexpr size_t kAlignment = 8;

float from_bf16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

float from_f16(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1fu;
  const uint32_t mantissa = bits & 0x3ffu;
  if (exponent == 0) {  // zero and subnormals: mantissa * 2^-24, exact in float
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t wide = exponent == 31 ? 255 : exponent + 112;  // bias 15 -> 127
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

// Data need not be aligned to the element, so every element is copied out.
template <class From, class Out, class Convert>
void convert(const std::byte* from, std::span<Out> out, Convert&& to_out) {
  for (size_t i = 0; i < out.size(); ++i) {
    From value;
    std::memcpy(&value, from + i * sizeof(From), sizeof(From));
    out[i] = to_out(value);
  }
}

template <class Out>
void read_as(const StoredTensor& tensor, const std::byte* from, std::span<Out> out) {
  const auto cast = [](auto value) { return static_cast<Out>(value); };
  switch (tensor.type) {
    case StoredType::f16:
      return convert<uint16_t>(from, out, [](uint16_t v) { return static_cast<Out>(from_f16(v)); });
    case StoredType::bf16:
      return convert<uint16_t>(from, out,
                               [](uint16_t v) { return static_cast<Out>(from_bf16(v)); });
    case StoredType::f32:
      return convert<float>(from, out, cast);
    case StoredType::f64:
      return convert<double>(from, out, cast);
    case StoredType::i32:
      return convert<int32_t>(from, out, cast);
    case StoredType::i64:
      return convert<int64_t>(from, out, cast);
  }
}

}  // namespace

SafetensorsReader::SafetensorsReader(const std::filesystem::path& path)
    : source_(path.string()), file_(path), header_(parse_safetensors(file_.bytes(), source_)) {}

const StoredTensor* SafetensorsReader::find(std::string_view name) const {
  for (const StoredTensor& tensor : header_.tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

const StoredTensor& SafetensorsReader::named(std::string_view name) const {
  if (const StoredTensor* tensor = find(name)) return *tensor;
  std::vector<std::string> names;
  for (const StoredTensor& tensor : header_.tensors) names.push_back(tensor.name);
  const std::string nearest = nearest_name(name, names);
  throw DataError(source_, fmt::format("there is no tensor '{}' among {}", name, names.size()),
                  nearest.empty() ? "" : fmt::format("the nearest name is '{}'", nearest));
}

std::span<const std::byte> SafetensorsReader::bytes(const StoredTensor& tensor) const {
  return file_.bytes().subspan(static_cast<size_t>(header_.data_begin + tensor.begin),
                               static_cast<size_t>(tensor.end - tensor.begin));
}

void SafetensorsReader::read(const StoredTensor& tensor, Tensor out) const {
  if (tensor.is_integer() || tensor.size() != out.size())
    throw DataError(source_,
                    fmt::format("'{}' does not fit; got {} x {}, expected {} numbers", tensor.name,
                                tensor.size(), stored_type_name(tensor.type), out.size()),
                    "the file belongs to another model");
  if (out.dtype() == DType::f32)
    read_as(tensor, bytes(tensor).data(), out.span<float>());
  else
    read_as(tensor, bytes(tensor).data(), out.span<double>());
}

std::vector<int64_t> SafetensorsReader::read_integers(const StoredTensor& tensor) const {
  if (!tensor.is_integer())
    throw DataError(source_,
                    fmt::format("'{}' has the wrong type; got {}, expected I32 or I64", tensor.name,
                                stored_type_name(tensor.type)),
                    "");
  std::vector<int64_t> values(static_cast<size_t>(tensor.size()));
  read_as(tensor, bytes(tensor).data(), std::span(values));
  return values;
}

void SafetensorsWriter::add(StoredTensor tensor, const void* data) {
  COLDSTART_CHECK(!tensor.name.empty() && tensor.name != "__metadata__", "no name for a tensor");
  for (const StoredTensor& other : tensors_)
    COLDSTART_CHECK(other.name != tensor.name, "'{}' is added twice", tensor.name);
  const int64_t bytes = tensor.end;
  tensor.begin = tensors_.empty() ? 0 : tensors_.back().end;
  tensor.end = tensor.begin + bytes;
  tensors_.push_back(std::move(tensor));
  data_.push_back(data);
}

void SafetensorsWriter::add(std::string name, Tensor tensor) {
  const StoredType type = tensor.dtype() == DType::f32 ? StoredType::f32 : StoredType::f64;
  const auto shape = tensor.shape();
  add({std::move(name), type, {shape.begin(), shape.end()}, 0, tensor.bytes()}, tensor.raw());
}

void SafetensorsWriter::add(std::string name, std::span<const int64_t> integers,
                            std::vector<int64_t> shape) {
  const auto count = static_cast<int64_t>(integers.size());
  if (shape.empty()) shape = {count};
  add({std::move(name), StoredType::i64, std::move(shape), 0, count * 8}, integers.data());
}

void SafetensorsWriter::write(const std::filesystem::path& path) const {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata_.empty()) header["__metadata__"] = metadata_;
  for (const StoredTensor& tensor : tensors_)
    header[tensor.name] = {{"dtype", stored_type_name(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {tensor.begin, tensor.end}}};
  std::string text = header.dump();
  text.resize(div_up(text.size(), kAlignment) * kAlignment, ' ');
  const uint64_t header_bytes = text.size();

  AtomicFile file(path);
  file.write(&header_bytes, sizeof header_bytes);
  file.write(text);
  for (size_t i = 0; i < tensors_.size(); ++i)
    file.write(data_[i], static_cast<size_t>(tensors_[i].end - tensors_[i].begin));
  file.commit();
}

}  // namespace coldstart::io
