#include "coldstart/study/per_scientific.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/study_directory.h"
#include "tests/data/temp_dir.h"

namespace coldstart::study {
namespace {

constexpr const char* kSpec = R"(goal = "which optimizer"
config = "tiny"
points = 6
seeds = 2
[[space]]
name = "optimizer.name"
role = "scientific"
choices = ["adamw", "lion"]
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-4, 1e-2]
[[space]]
name = "optimizer.beta2"
role = "nuisance"
scale = "linear"
range = [0.9, 0.999]
parent = "optimizer.name"
parent_value = "adamw"
)";

std::vector<std::string> names_of(const Spec& spec) {
  std::vector<std::string> names;
  for (const Axis& axis : spec.space) names.push_back(axis.param.name);
  return names;
}

TEST(PerScientificSD07, OneStudyAValueWithEqualBudgetsAndItsOwnNuisances) {
  const auto studies = per_scientific(parse_spec(kSpec, "s.toml"));
  ASSERT_EQ(studies.size(), 2u);
  EXPECT_EQ(studies[0].name, "adamw");
  EXPECT_EQ(studies[1].name, "lion");
  EXPECT_THAT(names_of(studies[0].spec),
              testing::ElementsAre("optimizer.name", "lr", "optimizer.beta2"));
  EXPECT_THAT(names_of(studies[1].spec), testing::ElementsAre("optimizer.name", "lr"));
  const data::TempDir temp;
  for (const NamedSpec& study : studies) {
    const auto made = StudyDirectory::create(temp / study.name, study.spec, temp.path());
    EXPECT_EQ(made.trials(), 12);
    for (int64_t i = 0; i < made.trials(); ++i)
      EXPECT_EQ(made.plan(i).values.at("optimizer.name"), study.name);
    EXPECT_EQ(StudyDirectory::open(temp / study.name).trials(), 12) << "and it is read back";
  }
}

TEST(PerScientificSD07, NumbersNeedLevels) {
  std::string text = kSpec;
  text.replace(text.find("choices = [\"adamw\", \"lion\"]"), 28, "choices = [\"adamw\"]");
  text.replace(text.find("role = \"nuisance\"\nscale = \"log\""), 17, "role = \"scientific\"");
  EXPECT_THROW(per_scientific(parse_spec(text, "s.toml")), ConfigError);
}

TEST(PerScientific, WithoutAScientificHyperparameterThereIsNothingToSplit) {
  std::string text = kSpec;
  text.replace(text.find("scientific"), 10, "nuisance");
  EXPECT_THROW(per_scientific(parse_spec(text, "s.toml")), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
