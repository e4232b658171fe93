// Fuzzes the import of JSON lines: any bytes are refused with a DataError, or give a log that is
// read back to the same log.
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/study/import_jsonl.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  try {
    const auto log = study::import_jsonl({reinterpret_cast<const char*>(data), size}, "fuzz", {});
    const auto again = study::import_jsonl(log.metrics, "again", {});
    COLDSTART_CHECK(again.metrics == log.metrics, "{} became {}", log.metrics, again.metrics);
  } catch (const DataError&) {
  }
  return 0;
}
