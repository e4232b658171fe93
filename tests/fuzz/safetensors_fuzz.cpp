// Fuzzes the header of safetensors files: any bytes are refused with a DataError, or every tensor
// lies within the file, with as many bytes as its shape says.
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/io/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  const auto file = std::as_bytes(std::span(data, size));
  try {
    const io::SafetensorsHeader header = io::parse_safetensors(file, "fuzz");
    int64_t end = 0;
    for (const io::StoredTensor& tensor : header.tensors) {
      COLDSTART_CHECK(tensor.begin == end && tensor.end >= end, "'{}' is misplaced", tensor.name);
      int64_t count = 1;
      for (const int64_t dim : tensor.shape) count *= dim;
      COLDSTART_CHECK(count == tensor.size(), "'{}' has {} elements", tensor.name, tensor.size());
      end = tensor.end;
    }
    COLDSTART_CHECK(header.data_begin + end == static_cast<int64_t>(size), "bytes are left");
  } catch (const DataError&) {
  }
  return 0;
}
