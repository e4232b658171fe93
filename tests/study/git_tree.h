// A git work tree with one commit, for tests of what is kept of the source of a study.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "tests/data/temp_dir.h"
#include "tests/e2e/run_program.h"

namespace coldstart::study {

class GitTree {
 public:
  GitTree() {
    git({"init", "--quiet"});
    write_file_atomic(file("train.py"), "print(1)\n");
    write_file_atomic(file(".gitignore"), "*.out\n");
    git({"add", "."});
    git({"-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", "first"});
  }

  std::filesystem::path file(const std::string& name) const { return temp_ / name; }
  const std::filesystem::path& path() const { return temp_.path(); }
  std::string git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"git", "-C", temp_.path().string()});
    const ProgramResult result = run_command(words, "");
    COLDSTART_CHECK(result.status == 0, "git: {}", result.err);
    return result.out;
  }

 private:
  const data::TempDir temp_;
};

}  // namespace coldstart::study
