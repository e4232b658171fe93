// Where every byte goes: counted before anything is allocated, printed at start, and compared with
// what the machine has left. Test: tests/train/memory_table_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coldstart::train {

struct MemoryItem {
  std::string name;  // "weights", "gradients", "optimizer", "activations"
  int64_t bytes = 0;
};

struct MemoryTable {
  std::vector<MemoryItem> items;

  void add(std::string name, int64_t bytes);  // nothing is added for 0 bytes
  int64_t total_bytes() const;
  std::string summary() const;  // "weights 1.2 MiB, gradients 1.2 MiB, ..."
};

// Memory this process may still take: the kernel's MemAvailable, or what its control groups (v1 and
// v2) leave, whichever is less. 0 when unknown.
int64_t available_memory_bytes();

// ResourceError, saying how much is needed for what, when the table needs more than `available`.
void require_memory(const MemoryTable& table, int64_t available_bytes);

}  // namespace coldstart::train
