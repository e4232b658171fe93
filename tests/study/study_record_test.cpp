#include "coldstart/study/study_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/study/load.h"
#include "coldstart/study/provenance.h"
#include "tests/study/git_tree.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Two points with two seeds, of a script under git that was changed and not committed.
class ClosedStudy : public testing::Test {
 protected:
  ClosedStudy() {
    write_file_atomic(tree_.file("train.py"), "print(2)\n");
    std::string spec = kSmallSpec;
    const std::string command = "command = [\"true\", ";
    spec.replace(spec.find(command), command.size(),
                 fmt::format("command = [\"true\", \"{}\", ", tree_.file("train.py").string()));
    study_.emplace(make_study(temp_ / "rate", spec));
  }
  void run(int64_t first, int64_t end) {
    record_provenance(*study_, "/usr/bin/coldstart");
    for (int64_t i = first; i < end; ++i) {
      const fs::path trial = launch_by_hand(*study_, i);
      append(trial / "metrics.jsonl",
             fmt::format("{{\"step\":50,\"val_loss\":{}}}\n{{\"step\":100,\"val_loss\":{}}}\n",
                         3.5 - 0.1 * static_cast<double>(i), 3.6));
      finish_by_hand(trial);
    }
  }
  StudyRecord record() { return record_of(*study_, load_study(study_->path())); }

  const GitTree tree_;
  const data::TempDir temp_;
  std::optional<StudyDirectory> study_;
};

TEST_F(ClosedStudy, TR01_AStudyIsClosedWhenNothingOfItsRecordIsMissing) {
  EXPECT_THAT(record().missing(),
              ElementsAre(StartsWith("notes"), StartsWith("the end of all"),
                          StartsWith("a finished trial"), StartsWith("the source")));
  run(0, 3);
  EXPECT_THAT(record().missing(), ElementsAre(StartsWith("notes"), StartsWith("the end of all")));
  EXPECT_THAT(close_study(*study_, "0.002 is better").missing(),
              ElementsAre(StartsWith("the end of all")));
  EXPECT_FALSE(fs::exists(study_->path() / "record.json"));
  run(3, 4);
  const StudyRecord closed = close_study(*study_, "");
  EXPECT_THAT(closed.missing(), IsEmpty());
  EXPECT_EQ(closed.name, "rate");
  EXPECT_EQ(closed.notes, "0.002 is better") << "they were kept the first time";
  EXPECT_EQ(StudyDirectory::open(study_->path()).spec().notes, closed.notes);
  EXPECT_EQ(closed.trials, "4");
  EXPECT_THAT(closed.best, StartsWith("val_loss 3.2 at step 50, rate/3: "));
  const std::string json = read_file(study_->path() / "record.json");
  for (const std::string& part : {closed.name, closed.notes, closed.best, closed.source.front()})
    EXPECT_THAT(json, HasSubstr(part));
}

// The commands are the proof: they give the source back as it was run.
TEST_F(ClosedStudy, TheCommandsMakeTheSourceAgain) {
  run(0, 4);
  const auto commands = record().commands;
  ASSERT_EQ(commands.size(), 4u);
  fs::create_directory(temp_ / "elsewhere");
  for (size_t i = 0; i < 2; ++i) {
    const auto result = run_command({"sh", "-c", commands[i]}, (temp_ / "elsewhere").string());
    EXPECT_EQ(result.status, 0) << commands[i] << "\n" << result.err;
  }
  const fs::path again =
      temp_ / "elsewhere" / (fs::canonical(tree_.path()).filename().string() + "-again");
  EXPECT_EQ(read_file(again / "train.py"), "print(2)\n");
  EXPECT_THAT(commands, Contains(HasSubstr("coldstart study new")));
}

TEST_F(ClosedStudy, ACommandOutsideGitCannotBeHadAgain) {
  const StudyDirectory study = make_study(temp_ / "plain");
  record_provenance(study, "/usr/bin/coldstart");
  EXPECT_THAT(record_of(study, load_study(study.path())).missing(),
              Contains(StartsWith("the source it was run from")));
}

}  // namespace
}  // namespace coldstart::study
