// Fuzzes the manifest of datasets: any bytes are refused with a DataError, or give a manifest that
// is written and read back equal.
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/data/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace coldstart;
  try {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    const std::string json = data::Manifest::from_json(text, "fuzz").to_json();
    COLDSTART_CHECK(data::Manifest::from_json(json, "again").to_json() == json, "{} changed", json);
  } catch (const DataError&) {
  }
  return 0;
}
