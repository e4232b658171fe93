// safetensors: named tensors in one file, the exchange format of the field.
//
//   8 bytes little-endian N | N bytes of JSON {"name": {"dtype","shape","data_offsets"}, ...} |
//   data offsets count from the start of the data; tensors fill the data without overlap or hole;
//   "__metadata__" is a map of strings. The header is padded with spaces so that data is aligned.
//
// Reading maps the file and checks everything before anything is used: a hostile file gives a
// DataError, never a crash. F32, F64, F16 and BF16 are read as numbers, I32 and I64 as integers.
// Writing streams to a temporary file that is renamed at the end; equal tensors give equal bytes.
// Tests: tests/io/safetensors_test.cpp, tests/fuzz/safetensors_fuzz.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coldstart/core/files.h"
#include "coldstart/tensor/tensor.h"

namespace coldstart::io {

enum class StoredType : uint8_t { f16, bf16, f32, f64, i32, i64 };
int64_t stored_size(StoredType type);                // bytes of an element
std::string_view stored_type_name(StoredType type);  // "F32"

using Metadata = std::map<std::string, std::string>;

struct StoredTensor {
  std::string name;
  StoredType type = StoredType::f32;
  std::vector<int64_t> shape;  // () is a scalar
  int64_t begin = 0, end = 0;  // bytes, from the start of the data

  int64_t size() const;  // elements
  bool is_integer() const { return type == StoredType::i32 || type == StoredType::i64; }
};

struct SafetensorsHeader {
  Metadata metadata;
  std::vector<StoredTensor> tensors;  // in the order of their data
  int64_t data_begin = 0;             // bytes, from the start of the file
};

// Checks the whole header against the size of the file. source names the file in messages.
SafetensorsHeader parse_safetensors(std::span<const std::byte> file, std::string_view source);

class SafetensorsReader {
 public:
  explicit SafetensorsReader(const std::filesystem::path& path);

  const Metadata& metadata() const { return header_.metadata; }
  const std::vector<StoredTensor>& tensors() const { return header_.tensors; }
  const StoredTensor* find(std::string_view name) const;   // nullptr when absent
  const StoredTensor& named(std::string_view name) const;  // DataError with the nearest name

  // The numbers, converted to the type of out, whose number of elements must be the stored one.
  void read(const StoredTensor& tensor, Tensor out) const;
  std::vector<int64_t> read_integers(const StoredTensor& tensor) const;
  std::span<const std::byte> bytes(const StoredTensor& tensor) const;

 private:
  std::string source_;
  MappedFile file_;
  SafetensorsHeader header_;
};

class SafetensorsWriter {
 public:
  // Views only: the data must stay until write(). Names must be new and not empty.
  void add(std::string name, Tensor tensor);  // as F32 or F64, by its type
  void add(std::string name, std::span<const int64_t> integers, std::vector<int64_t> shape = {});
  void set_metadata(Metadata metadata) { metadata_ = std::move(metadata); }

  void write(const std::filesystem::path& path) const;

 private:
  void add(StoredTensor tensor, const void* data);

  std::vector<StoredTensor> tensors_;
  std::vector<const void*> data_;
  Metadata metadata_;
};

}  // namespace coldstart::io
