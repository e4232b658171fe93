#include "coldstart/io/json_lines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"

namespace coldstart::io {

namespace {

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& path) {
  const int error = errno;
  throw ResourceError(
      "json lines", fmt::format("cannot {} '{}': {}", action, path.string(), std::strerror(error)),
      error == ENOSPC || error == EDQUOT ? "the disk is full; free some space"
                                         : "check the path and its permissions");
}

// Bytes up to the end of the last whole line.
int64_t whole_lines(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return 0;
  return static_cast<int64_t>(read_file(path).rfind('\n') + 1);  // npos + 1 is 0
}

}  // namespace

JsonLinesWriter::JsonLinesWriter(const std::filesystem::path& path)
    : JsonLinesWriter(path, whole_lines(path)) {}

JsonLinesWriter::JsonLinesWriter(std::filesystem::path path, int64_t keep_bytes)
    : path_(std::move(path)), bytes_(keep_bytes) {
  const auto there =
      std::filesystem::is_regular_file(path_) ? std::filesystem::file_size(path_) : 0;
  if (static_cast<int64_t>(there) < keep_bytes)
    throw CheckpointError("resume",
                          fmt::format("'{}' is shorter than at the checkpoint; got {} bytes, "
                                      "expected at least {}",
                                      path_.string(), there, keep_bytes),
                          "resume from an earlier checkpoint");
  if (static_cast<int64_t>(there) > keep_bytes && truncate(path_.c_str(), keep_bytes) != 0)
    fail("shorten", path_);
  fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) fail("open", path_);
}

JsonLinesWriter::~JsonLinesWriter() { close(fd_); }

void JsonLinesWriter::write(const JsonRecord& record) {
  const std::string line = record.line() + "\n";
  for (size_t done = 0; done < line.size();) {
    const ssize_t count = ::write(fd_, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write", path_);
    done += static_cast<size_t>(count);
  }
  bytes_ += static_cast<int64_t>(line.size());
}

void JsonLinesWriter::sync() {
  if (fsync(fd_) != 0) fail("sync", path_);
}

void visit_json_lines(const std::filesystem::path& path,
                      const std::function<bool(const JsonRecord&)>& visit) {
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  size_t begin = 0;
  int64_t number = 1;
  for (size_t end; (end = text.find('\n', begin)) != std::string_view::npos;
       begin = end + 1, ++number) {
    if (end == begin) continue;
    const std::string_view line = text.substr(begin, end - begin);
    if (!visit(JsonRecord::parse(line, fmt::format("{}:{}", path.string(), number)))) return;
  }
}

std::vector<JsonRecord> read_json_lines(const std::filesystem::path& path) {
  std::vector<JsonRecord> records;
  visit_json_lines(path, [&](const JsonRecord& record) {
    records.push_back(record);
    return true;
  });
  return records;
}

}  // namespace coldstart::io
