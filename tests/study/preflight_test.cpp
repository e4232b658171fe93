#include "coldstart/study/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/controller.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Check>
std::string refusal(const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Preflight, TheProgramMustBeThere) {
  const data::TempDir temp;
  const auto of = [](const std::vector<std::string>& command) {
    return refusal([&] { require_program(command); });
  };
  EXPECT_EQ(of({"sh", "-c", "anything at all"}), "accepted");
  EXPECT_EQ(of({"/bin/sh"}), "accepted");
  EXPECT_EQ(of({"{program}", "x"}), "accepted") << "known at launch only";
  EXPECT_THAT(of({"no-such-program", "{lr}"}),
              AllOf(HasSubstr("there is no program 'no-such-program' on the PATH"),
                    HasSubstr("hint: install it")));
  EXPECT_THAT(of({"./train.sh"}), HasSubstr("'./train.sh' is no program that can be started"));
  const std::string script = (temp / "train.sh").string();
  write_file_atomic(script, "#!/bin/sh\n");
  EXPECT_THAT(of({script}), HasSubstr("chmod +x"));
  EXPECT_EQ(of({"sh", script, "--out", "/no/such/place"}), "accepted")
      << "what follows an option may be made later";
  std::filesystem::remove(script);
  EXPECT_THAT(of({"sh", script, "--lr", "{lr}"}), HasSubstr("train.sh' is not there"));
}

TEST(Preflight, MemoryForAsManyAtATimeAsAsked) {
  const auto of = [](int64_t jobs, int64_t available) {
    return refusal([&] { require_memory({100, 400, 300, 200}, jobs, available); });
  };
  EXPECT_EQ(of(2, 700), "accepted");
  EXPECT_EQ(of(4, 0), "accepted") << "not known";
  EXPECT_EQ(of(100, 1000), "accepted") << "there are four trials";
  EXPECT_THAT(of(2, 699), AllOf(HasSubstr("2 trials at a time need 700 B; got 699 B available"),
                                HasSubstr("hint: use --jobs 1")));
  EXPECT_THAT(of(1, 399),
              AllOf(HasSubstr("1 trial at a time needs 400 B"), HasSubstr("a smaller model")));
}

TEST(Preflight, RoomOnTheDiskForAllTrialsThatAreLeft) {
  EXPECT_EQ(refusal([] { require_disk("s", 3, 3000, 3000); }), "accepted");
  EXPECT_THAT(refusal([] { require_disk("s", 3, 3001, 3000); }),
              AllOf(HasSubstr("the 3 trials that are left need about 2.9 KiB; got 2.9 KiB free"),
                    HasSubstr("train.keep_best")));
}

TEST(Preflight, TrialsOfTheBuiltInTrainerSayWhatTheyTake) {
  const data::TempDir temp;
  write_file_atomic(temp / "text.txt", std::string(50'000, 'a'));
  const auto study = make_study(
      temp / "s",
      "goal = \"g\"\nconfig = \"tiny\"\npoints = 1\n[set]\n\"data.path\" = \"text.txt\"\n");
  const auto prepared = prepare_trials(study, {0});
  EXPECT_GT(prepared[0].memory_bytes, 1'000'000);
  EXPECT_GT(prepared[0].disk_bytes, 200 * 1024) << "200 steps of records, and checkpoints";
}

// Nothing is launched, and nothing is left that a later run would trip over.
TEST(Preflight, StopsAStudyBeforeItsFirstLaunch) {
  const data::TempDir temp;
  std::string spec = kSmallSpec;
  spec.replace(spec.find("\"true\""), 6, "\"no-such-program\"");
  const auto study = make_study(temp / "s", spec);
  StudyObserver nobody;
  EXPECT_THROW(run_study(study, {.jobs = 1, .retry_failed = false, .program = {}}, nobody),
               ConfigError);
  EXPECT_FALSE(std::filesystem::exists(study.trial(0)));
  EXPECT_FALSE(std::filesystem::exists(temp / "s/controller.lock"));
}

}  // namespace
}  // namespace coldstart::study
