#include "coldstart/train/memory_table.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::train {
namespace {

TEST(MemoryTable, RefusesWhatDoesNotFitAndSaysWhatItIsFor) {
  MemoryTable table;
  table.add("weights", int64_t{3} << 30);
  table.add("activations", int64_t{5} << 30);
  table.add("nothing", 0);
  EXPECT_EQ(table.total_bytes(), int64_t{8} << 30);
  EXPECT_NO_THROW(require_memory(table, int64_t{8} << 30));
  EXPECT_NO_THROW(require_memory(table, 0)) << "unknown is not too little";
  try {
    require_memory(table, (int64_t{8} << 30) - 1);
    FAIL();
  } catch (const ResourceError& error) {
    const std::string text = error.message();
    for (const char* part : {"8.0 GiB", "weights 3.0 GiB", "activations 5.0 GiB", "hint:"}) {
      EXPECT_NE(text.find(part), std::string::npos) << part << " in: " << text;
    }
    EXPECT_EQ(text.find("nothing"), std::string::npos);
  }
}

TEST(MemoryTable, KnowsThatThisMachineHasSomeMemory) {
  EXPECT_GT(available_memory_bytes(), int64_t{1} << 20);
}

}  // namespace
}  // namespace coldstart::train
