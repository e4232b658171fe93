// Fuzzes the reader of JSON lines: any bytes are refused with a DataError, or give a record whose
// line is read back to the same line.
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/io/json_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  try {
    const auto record = io::JsonRecord::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    const std::string line = record.line();
    COLDSTART_CHECK(io::JsonRecord::parse(line, "again").line() == line, "{} changed", line);
  } catch (const DataError&) {
  }
  return 0;
}
