// What git knows of the source that a study runs: the commit, and what was changed since and not
// committed, as one patch that `git apply` takes (playbook L1531-1547, TR-01: an experiment that
// cannot be repeated is a lost one).
//
// The patch holds the tracked changes, binary ones too, and the new files that git does not ignore,
// as far as they are small. git is started directly, without a shell; where it is not installed, or
// the directory is no work tree with a commit, nothing is known.
// Test: tests/study/source_changes_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace coldstart::study {

struct SourceChanges {
  std::filesystem::path root;         // of the work tree
  std::string commit;                 // 40 digits
  std::string patch;                  // against the commit; empty: no changes
  std::vector<std::string> left_out;  // new files beyond the limits, from the root
};

// Of the work tree that a directory is in. except: a directory whose new files are no part of the
// source (the study itself); empty: none.
std::optional<SourceChanges> source_changes(const std::filesystem::path& directory,
                                            const std::filesystem::path& except = {});

inline constexpr int64_t kLargestNewFile = int64_t{256} * 1024;  // bytes
inline constexpr size_t kMostNewFiles = 100;

}  // namespace coldstart::study
