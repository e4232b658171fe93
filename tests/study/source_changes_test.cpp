#include "coldstart/study/source_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/study/git_tree.h"

namespace coldstart::study {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(SourceChanges, ACleanTreeIsItsCommit) {
  const GitTree tree;
  const auto changes = source_changes(tree.path());
  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->commit + "\n", tree.git({"rev-parse", "HEAD"}));
  EXPECT_THAT(changes->patch, IsEmpty());
  EXPECT_TRUE(fs::equivalent(changes->root, tree.path()));
}

// The proof of a patch is that it makes the tree again.
TEST(SourceChanges, ThePatchMakesTheTreeAgain) {
  const GitTree tree;
  write_file_atomic(tree.file("train.py"), "print(2)\n");
  write_file_atomic(tree.file("model 1.py"), "layers = 4\n");  // new
  write_file_atomic(tree.file("ignored.out"), "x\n");
  write_file_atomic(tree.file("weights.bin"), std::string("\0\1\2\xff", 4));
  fs::create_directory(tree.file("deeper"));
  const auto changes = source_changes(tree.file("deeper"));
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->patch, Not(HasSubstr("ignored.out")));

  const data::TempDir again;
  write_file_atomic(again / "c.patch", changes->patch);
  EXPECT_EQ(
      run_command({"git", "clone", "--quiet", tree.path().string(), (again / "t").string()}, "")
          .status,
      0);
  const auto applied =
      run_command({"git", "-C", (again / "t").string(), "apply", (again / "c.patch").string()}, "");
  EXPECT_EQ(applied.status, 0) << applied.err;
  for (const char* name : {"train.py", "model 1.py", "weights.bin"})
    EXPECT_EQ(read_file(again / "t" / name), read_file(tree.file(name))) << name;
}

TEST(SourceChanges, LargeNewFilesAreNamedAndTheStudyItselfIsNone) {
  const GitTree tree;
  write_file_atomic(tree.file("data.bin"), std::string(kLargestNewFile + 1, 'x'));
  fs::create_directory(tree.file("study"));
  write_file_atomic(tree.file("study/metrics.jsonl"), "{}\n");
  const auto changes = source_changes(tree.path(), tree.file("study"));
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->left_out, ElementsAre("data.bin"));
  EXPECT_THAT(changes->patch, IsEmpty());
}

TEST(SourceChanges, OutsideGitNothingIsKnown) {
  const data::TempDir temp;
  EXPECT_FALSE(source_changes(temp.path()));
  EXPECT_FALSE(source_changes(temp / "not/there"));
}

}  // namespace
}  // namespace coldstart::study
