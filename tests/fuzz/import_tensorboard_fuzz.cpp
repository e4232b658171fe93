// Fuzzes the import of TensorBoard event files: the bytes as a file, and as the message of records
// with checksums that hold. They are refused with a DataError, or give a log that the import of
// JSON lines takes as it is.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/study/import_jsonl.h"
#include "coldstart/study/import_tensorboard.h"
#include "tests/io/event_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  static const std::filesystem::path directory = [] {
    std::string name = (std::filesystem::temp_directory_path() / "coldstart-fuzz-XXXXXX").string();
    COLDSTART_CHECK(mkdtemp(name.data()) != nullptr, "no directory {}", name);
    return std::filesystem::path(name);
  }();
  const std::filesystem::path file = directory / "events.out.tfevents.1";
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string first = io::scalar(1, "val_loss", 3);
  for (const std::string& content : {bytes, io::record(bytes), first + io::record(bytes)}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    try {
      const auto log = study::import_tensorboard(directory, {});
      const auto again = study::import_jsonl(log.metrics, "again", {});
      COLDSTART_CHECK(again.metrics == log.metrics, "{} became {}", log.metrics, again.metrics);
    } catch (const DataError&) {
    }
  }
  return 0;
}
