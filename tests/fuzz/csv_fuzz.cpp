// Fuzzes the CSV reader and the import of what it reads: any bytes are refused with a DataError or
// give a log.
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/study/import_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  try {
    study::import_csv({reinterpret_cast<const char*>(data), size}, "fuzz", {});
  } catch (const DataError&) {
  }
  return 0;
}
