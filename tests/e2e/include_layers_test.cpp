// The plan of the house as a test: who may include whom, how large a file may be, and that each
// file says at its top what it holds.
//
// Reads the #include lines of src/ and app/. A folder may include itself, `core`, and what kAllowed
// says; the point is to keep the planner free of the trainer, formats free of meaning, and the
// model free of optimizers. The table lists every permitted edge: nothing is inherited.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/test_paths.h"

namespace coldstart {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = source_dir();
constexpr size_t kMaxLines = 500;

const std::map<std::string, std::set<std::string>> kAllowed = {
    {"core", {}},
    {"tensor", {}},
    {"schedule", {}},
    {"data", {}},
    {"plan", {"schedule"}},
    {"io", {"tensor"}},
    {"kernels", {"tensor"}},
    {"model", {"tensor", "kernels"}},
    {"optim", {"tensor", "kernels"}},
    {"metrics", {"tensor", "kernels", "model", "optim"}},
    {"adapt", {"tensor", "kernels", "model", "optim", "metrics", "data", "io"}},
    {"checkpoint", {"tensor", "optim", "metrics", "io", "adapt"}},
    {"eval", {"tensor", "model", "data", "io"}},
    {"train",
     {"tensor", "kernels", "model", "optim", "metrics", "schedule", "data", "plan", "io", "adapt",
      "checkpoint", "eval"}},
    {"trace", {"tensor", "kernels", "model", "optim", "io", "train"}},
    {"report", {"plan", "schedule"}},
    {"bench", {"tensor", "kernels", "model", "optim", "metrics", "train"}},
    {"study", {"plan", "schedule", "optim", "train", "io", "checkpoint"}},
    {"tune",
     {"kernels", "model", "data", "schedule", "io", "plan", "report", "bench", "checkpoint",
      "train", "study"}},
};

struct SourceFile {
  fs::path path;
  std::vector<std::string> lines;
  std::string name() const { return fs::relative(path, kRoot).string(); }
};

std::vector<SourceFile> source_files(std::initializer_list<const char*> folders) {
  std::vector<SourceFile> files;
  for (const char* folder : folders) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      SourceFile file{entry.path(), {}};
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
      files.push_back(std::move(file));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

// "kernels" from `#include "coldstart/kernels/kernels.h"`; empty for any other line.
std::string included_folder(std::string_view line) {
  constexpr std::string_view kStart = "#include \"coldstart/";
  if (!line.starts_with(kStart)) return "";
  line.remove_prefix(kStart.size());
  return std::string(line.substr(0, line.find('/')));
}

// Complaints about one file of the library, `folder` being its first folder below src/coldstart.
std::vector<std::string> forbidden_includes(const std::string& folder, const SourceFile& file) {
  std::vector<std::string> complaints;
  const auto allowed = kAllowed.find(folder);
  if (allowed == kAllowed.end())
    return {fmt::format("{}: the folder '{}' is not in the plan", file.name(), folder)};
  for (const std::string& line : file.lines) {
    const std::string target = included_folder(line);
    if (target.empty() || target == folder || target == "core") continue;
    if (!allowed->second.contains(target))
      complaints.push_back(
          fmt::format("{}: '{}' may not include '{}'", file.name(), folder, target));
  }
  return complaints;
}

TEST(IncludeLayers, EveryIncludeFollowsThePlan) {
  const auto files = source_files({"src/coldstart"});
  ASSERT_GT(files.size(), 20u);
  for (const SourceFile& file : files) {
    const std::string folder = fs::relative(file.path, kRoot / "src/coldstart").begin()->string();
    for (const std::string& complaint : forbidden_includes(folder, file))
      ADD_FAILURE() << complaint;
  }
}

TEST(IncludeLayers, AForbiddenIncludeIsSeen) {
  const SourceFile planner{kRoot / "src/coldstart/plan/x.cpp",
                           {"#include \"coldstart/core/error.h\"", "#include <vector>",
                            "#include \"coldstart/model/gpt.h\""}};
  EXPECT_EQ(forbidden_includes("plan", planner).size(), 1u);
  EXPECT_EQ(forbidden_includes("train", planner).size(), 0u);
  EXPECT_EQ(forbidden_includes("elsewhere", planner).size(), 1u);
}

// A cycle would make the order of the table a lie.
TEST(IncludeLayers, ThePlanHasNoCycle) {
  std::set<std::string> placed;
  for (bool progress = true; progress;) {
    progress = false;
    for (const auto& [folder, targets] : kAllowed) {
      if (placed.contains(folder) || !std::ranges::includes(placed, targets)) continue;
      placed.insert(folder);
      progress = true;
    }
  }
  EXPECT_EQ(placed.size(), kAllowed.size());
}

TEST(SourceFiles, IncludeWithinTheLibraryByFullPath) {
  for (const SourceFile& file : source_files({"src/coldstart"})) {
    for (const std::string& line : file.lines) {
      if (line.starts_with("#include \"") && !line.starts_with("#include \"coldstart/"))
        ADD_FAILURE() << file.name() << ": " << line;
    }
  }
}

// A .cpp beside its own header is introduced there.
TEST(SourceFiles, OpenByTellingWhatTheyHold) {
  for (const SourceFile& file : source_files({"src", "app", "bench", "examples"})) {
    if (file.path.extension() == ".cpp" && fs::exists(fs::path(file.path).replace_extension(".h")))
      continue;
    ASSERT_FALSE(file.lines.empty()) << file.name();
    EXPECT_TRUE(file.lines.front().starts_with("// ")) << file.name() << " has no header comment";
  }
}

// The headers say which test proves them and which page goes on; what is not there proves nothing.
TEST(SourceFiles, NameFilesThatExist) {
  const std::regex mention("(docs|examples|studies|tests)/[a-z0-9_/]+\\.(cpp|h|md|py)");
  size_t mentions = 0;
  for (const SourceFile& file : source_files({"src", "app", "bench", "examples"})) {
    for (const std::string& line : file.lines) {
      for (std::sregex_iterator found(line.begin(), line.end(), mention), end; found != end;
           ++found) {
        EXPECT_TRUE(fs::exists(kRoot / found->str())) << file.name() << ": " << found->str();
        ++mentions;
      }
    }
  }
  EXPECT_GT(mentions, 300u);
}

// An -inl.h header is included once for every SIMD target and has Highway's toggle instead.
TEST(SourceFiles, HeadersAreGuarded) {
  for (const SourceFile& file : source_files({"src", "app", "tests", "bench"})) {
    if (file.path.extension() != ".h") continue;
    const auto guards = [&](const std::string& line) {
      return file.name().ends_with("-inl.h") ? line.find("HWY_TARGET_TOGGLE") != line.npos
                                             : line == "#pragma once";
    };
    EXPECT_TRUE(std::ranges::any_of(file.lines, guards)) << file.name();
  }
}

TEST(SourceFiles, StaySmall) {
  for (const SourceFile& file : source_files({"src", "app", "tests", "bench", "examples"})) {
    EXPECT_LE(file.lines.size(), kMaxLines) << file.name() << " is too long to be one idea";
  }
}

}  // namespace
}  // namespace coldstart
