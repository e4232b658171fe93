#include "coldstart/study/source_changes.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

extern char** environ;

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

struct Output {
  int status = -1;  // exit status; -1: it could not be started, or a signal ended it
  std::string text;
};

// What git prints; what it complains of is passed over.
Output git(const fs::path& directory, std::vector<std::string> words) {
  // Read only: it must not take the lock of somebody who commits at this moment.
  words.insert(words.begin(), {"git", "--no-optional-locks", "-C", directory.string()});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  pid_t pid = 0;
  const bool started = posix_spawnp(&pid, "git", &actions, nullptr, argv.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Output output;
  std::array<char, 1 << 16> buffer{};
  while (started) {
    const ssize_t count = read(ends[0], buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    output.text.append(buffer.data(), static_cast<size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  while (started && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (started && WIFEXITED(status)) output.status = WEXITSTATUS(status);
  return output;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_within(const fs::path& file, const fs::path& directory) {
  if (directory.empty()) return false;
  const fs::path relative = file.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

// New files that git does not ignore, appended to the patch.
void add_new_files(SourceChanges& changes, const fs::path& except) {
  const std::string names =
      git(changes.root, {"ls-files", "--others", "--exclude-standard", "-z"}).text;
  size_t taken = 0;
  for (size_t begin = 0, end; (end = names.find('\0', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string name = names.substr(begin, end - begin);
    const fs::path file = changes.root / name;
    std::error_code error;
    if (is_within(file, except) || !fs::is_regular_file(file, error)) continue;
    if (fs::file_size(file, error) > kLargestNewFile || error || taken == kMostNewFiles) {
      changes.left_out.push_back(name);
      continue;
    }
    // Exit status 1: they differ.
    const Output added = git(changes.root, {"diff", "--no-ext-diff", "--no-color", "--binary",
                                            "--no-index", "--", "/dev/null", name});
    if (added.status != 1) continue;
    changes.patch += added.text;
    ++taken;
  }
}

}  // namespace

std::optional<SourceChanges> source_changes(const fs::path& directory, const fs::path& except) {
  const Output root = git(directory, {"rev-parse", "--show-toplevel"});
  const Output commit = git(directory, {"rev-parse", "--verify", "HEAD"});
  if (root.status != 0 || commit.status != 0) return std::nullopt;
  SourceChanges changes{.root = first_line(root.text),
                        .commit = first_line(commit.text),
                        .patch = {},
                        .left_out = {}};
  changes.patch =
      git(changes.root, {"diff", "--no-ext-diff", "--no-color", "--binary", "HEAD"}).text;
  add_new_files(changes, except.empty() ? except : fs::weakly_canonical(except));
  return changes;
}

}  // namespace coldstart::study
