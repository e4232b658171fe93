// Fuzzes the reader of TensorBoard event files: the bytes as a file, and, since no random bytes
// have the right checksum, as the message of one record with checksums that hold.
#include <span>
#include <string>

#include "coldstart/core/error.h"
#include "coldstart/io/event_file.h"
#include "tests/io/event_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string& file : {bytes, io::record(bytes)}) {
    try {
      io::parse_event_file(std::as_bytes(std::span(file)), "fuzz");
    } catch (const DataError&) {
    }
  }
  return 0;
}
