#include "coldstart/train/memory_table.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::train {

namespace {

namespace fs = std::filesystem;

// The number a file starts with; nothing when there is none ("max" means no limit).
std::optional<int64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

// The number after a key in a file of "key value" lines.
std::optional<int64_t> number_of(const fs::path& path, std::string_view key) {
  std::ifstream file(path);
  std::string word;
  int64_t value = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    if (in >> word && word == key && in >> value) return value;
  }
  return std::nullopt;
}

// What one control group leaves. Its page cache counts as used but is given back under pressure.
int64_t left_in_group(const fs::path& group, const char* limit_file, const char* usage_file,
                      const char* cache_key) {
  const auto limit = number_in(group / limit_file);
  const auto usage = number_in(group / usage_file);
  if (!limit || !usage) return std::numeric_limits<int64_t>::max();
  const int64_t cache = number_of(group / "memory.stat", cache_key).value_or(0);
  return std::max<int64_t>(0, *limit - *usage + std::min(cache, *usage));
}

int64_t left_in_groups() {
  int64_t left = std::numeric_limits<int64_t>::max();
  std::ifstream file("/proc/self/cgroup");  // lines "id:controllers:/path"
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool v2 = controllers.empty();
    if (!v2 && controllers.find("memory") == std::string::npos) continue;
    const fs::path root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    // A limit may stand at any level above; inside a container the path may not be visible, and
    // then only the root is looked at.
    fs::path relative = fs::path(line.substr(second + 1)).relative_path();
    for (;; relative = relative.parent_path()) {
      const fs::path group = relative.empty() ? root : root / relative;
      left =
          std::min(left, v2 ? left_in_group(group, "memory.max", "memory.current", "inactive_file")
                            : left_in_group(group, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                            "total_inactive_file"));
      if (relative.empty()) break;
    }
  }
  return left;
}

}  // namespace

void MemoryTable::add(std::string name, int64_t bytes) {
  if (bytes > 0) items.push_back({std::move(name), bytes});
}

int64_t MemoryTable::total_bytes() const {
  int64_t total = 0;
  for (const MemoryItem& item : items) total += item.bytes;
  return total;
}

std::string MemoryTable::summary() const {
  std::string text;
  for (const MemoryItem& item : items) {
    if (!text.empty()) text += ", ";
    text += item.name + " " + human_bytes(static_cast<double>(item.bytes));
  }
  return text;
}

int64_t available_memory_bytes() {
  const int64_t kib = number_of("/proc/meminfo", "MemAvailable:").value_or(0);
  return std::min(kib * 1024, left_in_groups());
}

void require_memory(const MemoryTable& table, int64_t available_bytes) {
  if (available_bytes == 0 || table.total_bytes() <= available_bytes) return;
  throw ResourceError(
      "memory",
      fmt::format("the run needs {} ({}); got {} available",
                  human_bytes(static_cast<double>(table.total_bytes())), table.summary(),
                  human_bytes(static_cast<double>(available_bytes))),
      "make train.micro_batch smaller, set model.recompute, or choose a smaller model");
}

}  // namespace coldstart::train
