#include "coldstart/study/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/source_commit.h"
#include "tests/study/git_tree.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// kSmallSpec with a file of the tree in its command.
StudyDirectory study_of(const fs::path& path, const fs::path& file) {
  std::string spec = kSmallSpec;
  const std::string command = "command = [\"true\", ";
  spec.replace(spec.find(command), command.size(),
               fmt::format("command = [\"true\", \"{}\", ", file.string()));
  return make_study(path, spec);
}

TEST(Provenance, IsTheCommitAndTheChangesOfWhatTheCommandNames) {
  const GitTree tree;
  const data::TempDir temp;
  const StudyDirectory study = study_of(temp / "s", tree.file("train.py"));
  EXPECT_THAT(read_provenance(study.path()), IsEmpty());
  record_provenance(study, "/usr/bin/coldstart");
  record_provenance(study, "/usr/bin/coldstart");
  auto all = read_provenance(study.path());
  ASSERT_THAT(all, SizeIs(1)) << "nothing has changed between the two";
  EXPECT_EQ(all[0].commit + "\n", tree.git({"rev-parse", "HEAD"}));
  EXPECT_EQ(all[0].program, source_commit());
  EXPECT_THAT(all[0].changes, IsEmpty());

  write_file_atomic(tree.file("train.py"), "print(2)\n");
  record_provenance(study, "/usr/bin/coldstart");
  all = read_provenance(study.path());
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(read_file(study.path() / all[1].changes), HasSubstr("+print(2)"));
}

TEST(Provenance, OutsideGitTheProgramIsAllThatIsKnown) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s");
  record_provenance(study, temp / "coldstart");
  const auto all = read_provenance(study.path());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].repository, IsEmpty());
}

}  // namespace
}  // namespace coldstart::study
