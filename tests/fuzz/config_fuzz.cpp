// Fuzzes configuration files: any bytes are refused with a ConfigError, or give a configuration
// that is written and read back equal, and that resolves or is refused.
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/train/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  train::RunConfig config, again;
  try {
    train::apply_toml(config, {reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const ConfigError&) {
    return 0;
  }
  train::apply_toml(again, train::to_toml(config), "again");
  COLDSTART_CHECK(differences(config.fields(), again.fields()).empty(), "not equal after a trip");
  try {
    const train::ResolvedConfig resolved = train::resolve(config, 256);
    COLDSTART_CHECK(train::resolve(resolved.config, 256).schedule == resolved.schedule,
                    "resolving twice is not resolving once");
  } catch (const ConfigError&) {
  }
  return 0;
}
