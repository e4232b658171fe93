#include "coldstart/study/noise_study.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/study_directory.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {
namespace {

TEST(NoiseStudy, RunsOneConfigurationWithNSeeds) {
  const data::TempDir temp;
  const auto study = StudyDirectory::create(temp / "n", noise_spec("tiny", 3), temp.path());
  ASSERT_EQ(study.trials(), 3);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(study.plan(i).seed, i + 1);
    EXPECT_TRUE(study.plan(i).values.empty());
  }
  EXPECT_EQ(StudyDirectory::open(temp / "n").spec().max_steps, 200);
}

TEST(NoiseStudy, OneRunHasNoNoise) {
  EXPECT_THROW(noise_spec("tiny", 1), ConfigError);
  EXPECT_THROW(noise_spec("tiny", 100'000), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
