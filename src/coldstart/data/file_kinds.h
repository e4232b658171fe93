// Kinds of files that a machine with a compiler has, and where they are; for builtin:files.
// Adding a kind is one line of the table. Test: tests/data/files_task_test.cpp.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coldstart::data {

struct FileKind {
  std::string_view name;
  std::string_view what;                  // "C++ standard library headers"
  std::vector<std::string> roots;         // looked through with all that is below them
  std::vector<std::string_view> endings;  // of the name, one of them; none: any name
  bool (*is_one)(const std::filesystem::path& path, std::string_view head);  // its first bytes
  std::string_view package;  // that brings them, in Debian
};

std::span<const FileKind> file_kinds();
// ConfigError that names the nearest kind.
const FileKind& find_file_kind(std::string_view name);

// Regular files of that kind (no links) with at least `least_bytes`, in the order of their paths.
// What cannot be read is left out.
std::vector<std::filesystem::path> files_of(const FileKind& kind, int64_t least_bytes);

}  // namespace coldstart::data
