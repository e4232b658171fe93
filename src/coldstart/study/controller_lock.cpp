#include "coldstart/study/controller_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>

#include "coldstart/core/clock.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr double kHeartbeat_s = 30;
constexpr time_t kStale_s = 300;

[[noreturn]] void busy(const fs::path& file, const std::string& host, const std::string& pid) {
  throw StudyBusy("study",
                  fmt::format("another controller runs this study: process {} on {}", pid, host),
                  fmt::format("wait until it ends; '{}' names it", file.string()));
}

// Whether the file that is open is still the one with this name.
bool is_current(int fd, const fs::path& file) {
  struct stat open_one {
  }, named{};
  return fstat(fd, &open_one) == 0 && stat(file.c_str(), &named) == 0 &&
         open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

ControllerLock::ControllerLock(const fs::path& study) : file_(study / "controller.lock") {
  const std::string here = host_name();
  for (int patience = 0; patience < 100; ++patience) {
    const int made = open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    const int error = errno;
    fd_ = made >= 0 ? made : open(file_.c_str(), O_RDWR | O_CLOEXEC);
    if (made < 0 && fd_ < 0 && error == EEXIST && errno == ENOENT) continue;  // just removed
    if (fd_ < 0)
      throw ResourceError("study",
                          fmt::format("cannot lock '{}': {}", file_.string(), std::strerror(errno)),
                          "check the path and its permissions");
    std::string host, pid;
    std::ifstream(file_) >> host >> pid;
    struct stat info {};
    fstat(fd_, &info);
    const bool elsewhere = !host.empty() && host != here;
    const bool alive = elsewhere ? std::time(nullptr) - info.st_mtime < kStale_s
                                 : flock(fd_, LOCK_EX | LOCK_NB) != 0;
    if (alive) {
      close(fd_);
      busy(file_, host, pid);
    }
    if (elsewhere) flock(fd_, LOCK_EX | LOCK_NB);
    if (!is_current(fd_, file_)) {  // its owner removed it between the two looks
      close(fd_);
      continue;
    }
    const std::string text = fmt::format("{} {}\n", here, getpid());
    if (ftruncate(fd_, 0) != 0 || pwrite(fd_, text.data(), text.size(), 0) < 0) {
      close(fd_);
      throw ResourceError("study", fmt::format("cannot write '{}'", file_.string()),
                          "check the free space");
    }
    touched_s_ = now_s();
    return;
  }
  busy(file_, here, "?");
}

ControllerLock::~ControllerLock() {
  if (fd_ < 0) return;
  if (is_current(fd_, file_)) unlink(file_.c_str());
  close(fd_);
}

void ControllerLock::heartbeat() {
  if (now_s() - touched_s_ < kHeartbeat_s) return;
  touched_s_ = now_s();
  futimens(fd_, nullptr);
}

}  // namespace coldstart::study
