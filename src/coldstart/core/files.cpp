#include "coldstart/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "coldstart/core/error.h"

namespace coldstart {

namespace {

std::string hint_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "the disk is full; free some space or choose another directory";
    case EFBIG:
      return "a file may not grow so large here: see ulimit -f and the limit of the file system";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions of the file and its directory";
    case ENOENT:
      return "check the path";
    case EISDIR:
      return "this is a directory, a file is expected";
    default:
      return "";
  }
}

[[noreturn]] void fail(std::string_view where, std::string_view action,
                       const std::filesystem::path& path, int error) {
  throw ResourceError(
      where, fmt::format("cannot {} '{}': {}", action, path.string(), std::strerror(error)),
      hint_for(error));
}

void sync_directory(const std::filesystem::path& directory) {
  const int fd = open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return;  // the rename itself has succeeded
  fsync(fd);
  close(fd);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void write_file_atomic(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail("files", "create directory", path, error.value());
}

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  temporary_ = target_;
  temporary_ += fmt::format(".tmp-{}", getpid());
  file_ = std::fopen(temporary_.c_str(), "wb");
  if (file_ == nullptr) coldstart::fail("files", "write", target_, errno);
}

AtomicFile::~AtomicFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  unlink(temporary_.c_str());
}

void AtomicFile::fail(const char* action) const {
  coldstart::fail("files", action, target_, errno);
}

void AtomicFile::write(const void* data, size_t bytes) {
  if (bytes == 0) return;  // an empty span may be null, which fwrite must not get
  if (std::fwrite(data, 1, bytes, file_) != bytes) fail("write");
}

void AtomicFile::write_at(int64_t offset, const void* data, size_t bytes) {
  if (std::fseek(file_, offset, SEEK_SET) != 0) fail("seek in");
  write(data, bytes);
  if (std::fseek(file_, 0, SEEK_END) != 0) fail("seek in");
}

void AtomicFile::sync() {
  if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail("write");
}

void AtomicFile::commit() {
  sync();
  const int closed = std::fclose(std::exchange(file_, nullptr));
  if (closed != 0 || std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    unlink(temporary_.c_str());
    coldstart::fail("files", "write", target_, error);
  }
  sync_directory(target_.parent_path());
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("files", "read", path, errno);
  struct stat info {};
  if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    const int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
    close(fd);
    fail("files", "read", path, error);
  }
  size_ = static_cast<size_t>(info.st_size);
  if (size_ > 0) {
    void* map = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    const int error = errno;
    close(fd);
    if (map == MAP_FAILED) fail("files", "map", path, error);
    data_ = static_cast<const std::byte*>(map);
  } else {
    close(fd);
  }
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

std::string last_name(const std::filesystem::path& path) {
  const std::filesystem::path clean = path.lexically_normal();
  return (clean.has_filename() ? clean : clean.parent_path()).filename().string();
}

}  // namespace coldstart
