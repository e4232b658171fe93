// Files: read whole, write atomically, map read-only.
//
// A file is written to a temporary name in the same directory, synced, then renamed over the
// target, and the directory is synced: a reader sees the old file or the new one, never half of
// one. All throw ResourceError with a hint. Test: tests/core/files_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace coldstart {

// "run" of runs/run and of runs/run/.
std::string last_name(const std::filesystem::path& path);

std::string read_file(const std::filesystem::path& path);
void write_file_atomic(const std::filesystem::path& path, std::string_view content);

// A file in the making: write pieces, then commit(). Destroyed without commit, it leaves nothing
// behind.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void write_at(int64_t offset, const void* data,
                size_t bytes);  // e.g. a header, once counts are known
  void sync();                  // all of it is on the disk; a full disk shows here at the latest
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;

  std::filesystem::path target_, temporary_;
  std::FILE* file_ = nullptr;
};

// A read-only memory map of a whole file; an empty file gives an empty span.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

void make_directories(const std::filesystem::path& path);

}  // namespace coldstart
