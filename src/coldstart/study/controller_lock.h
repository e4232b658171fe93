// One controller a study: controller.lock, made with O_EXCL, names host and process, and its age is
// the controller's heartbeat. On the same machine a lock whose process is gone is taken over at
// once (the process holds an flock on it, which dies with it); one of another machine after five
// minutes without a heartbeat (playbook DS-01). Test: tests/study/controller_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/core/error.h"

namespace coldstart::study {

struct StudyBusy : ResourceError {
  using ResourceError::ResourceError;
};

class ControllerLock {
 public:
  // StudyBusy when another controller is at work.
  explicit ControllerLock(const std::filesystem::path& study);
  ~ControllerLock();  // removes it
  ControllerLock(const ControllerLock&) = delete;
  ControllerLock& operator=(const ControllerLock&) = delete;

  void heartbeat();  // often; touches the file every 30 s at most

 private:
  std::filesystem::path file_;
  int fd_ = -1;
  double touched_s_ = 0;
};

std::string host_name();

}  // namespace coldstart::study
