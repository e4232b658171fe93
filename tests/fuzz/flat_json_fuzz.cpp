// Fuzzes the fast reader of JSON lines: any bytes are refused with a DataError or give entries, and
// every number among them is one.
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/io/flat_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  io::FlatJsonReader reader;
  try {
    for (const io::FlatEntry& entry :
         reader.read({reinterpret_cast<const char*>(data), size}, "fuzz", 1)) {
      double value = 0;
      COLDSTART_CHECK(!entry.number || io::parse_json_number(entry.value, value), "no number");
    }
  } catch (const DataError&) {
  }
  return 0;
}
