#include "coldstart/study/study_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/built_in.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

std::string built_in_spec(const std::string& space, const std::string& head = "") {
  return "goal = \"g\"\nconfig = \"tiny\"\npoints = 4\n" + head + space;
}

constexpr const char* kRate =
    "[[space]]\nname = \"lr\"\nrole = \"nuisance\"\nscale = \"log\"\nrange = [1e-3, 1e-1]\n";

std::string refusal(const std::string& spec) {
  const data::TempDir temp;
  try {
    make_study(temp / "s", spec);
  } catch (const ConfigError& error) {
    EXPECT_FALSE(StudyDirectory::holds_study(temp / "s"));
    return error.message();
  }
  return "accepted";
}

TEST(StudyDirectory, HoldsItsWholeSpecification) {
  const data::TempDir temp;
  make_study(temp / "s", built_in_spec(kRate, "seeds = 2\n"));
  const StudyDirectory study = StudyDirectory::open(temp / "s");
  EXPECT_EQ(study.name(), "s");
  EXPECT_EQ(study.trials(), 8);
  EXPECT_EQ(study.spec().max_steps, 200) << "of the preset";
  EXPECT_EQ(study.spec().config, "base.toml");
  EXPECT_EQ(study.spec().space[0].param.name, "optimizer.lr") << "in full";
  EXPECT_EQ(study.spec().space[0].param.kind, plan::Kind::base_lr);
  const TrialPlan last = study.plan(7);
  EXPECT_EQ(last.point, 3);
  EXPECT_EQ(last.seed, 2);
  EXPECT_EQ(last.values, study.plan(6).values);
  train::RunConfig config = trial_config(study.spec(), *study.base(), last.values, last.seed);
  EXPECT_EQ(config.fields().find("optimizer.lr", "").value(),
            FieldValue(std::stod(last.values.at("optimizer.lr"))));
  EXPECT_EQ(config.train.seed, 2);
  EXPECT_EQ(config.model.layers, 2);
}

TEST(StudyDirectory, IsTheSameBytesEachTime) {
  const data::TempDir temp;
  make_study(temp / "a", built_in_spec(kRate));
  make_study(temp / "b", built_in_spec(kRate));
  EXPECT_EQ(read_file(temp / "a/study.toml"), read_file(temp / "b/study.toml"));
  EXPECT_EQ(read_file(temp / "a/base.toml"), read_file(temp / "b/base.toml"));
}

TEST(StudyDirectory, GrowsByItsSequence) {
  const data::TempDir temp;
  StudyDirectory study = make_study(temp / "s", built_in_spec(kRate));
  const Values third = study.plan(3).values;
  study.extend(9);
  EXPECT_EQ(StudyDirectory::open(temp / "s").trials(), 9);
  EXPECT_EQ(StudyDirectory::open(temp / "s").plan(3).values, third);
  EXPECT_THROW(study.extend(5), ConfigError);
}

TEST(StudyDirectory, IsNotWrittenOver) {
  const data::TempDir temp;
  make_study(temp / "s");
  EXPECT_THROW(make_study(temp / "s"), ConfigError);
  std::filesystem::remove(study_file(temp / "s"));
  EXPECT_THROW(make_study(temp / "s"), ConfigError) << "its trials are still there";
}

TEST(BuiltIn, NamesAreFieldsOfTheTrainer) {
  EXPECT_THAT(
      refusal(built_in_spec("[[space]]\nname = \"optimizer.lrr\"\nrole = \"fixed\"\nvalue = 1\n")),
      HasSubstr("did you mean 'optimizer.lr'?"));
  EXPECT_THAT(refusal(built_in_spec("[[space]]\nname = \"seed\"\nrole = \"fixed\"\nvalue = 1\n")),
              HasSubstr("seeds are an axis"));
  EXPECT_THAT(refusal(built_in_spec(
                  "[[space]]\nname = \"train.steps\"\nrole = \"nuisance\"\nchoices = [1, 2]\n")),
              HasSubstr("TD-09"));
  EXPECT_THAT(
      refusal(built_in_spec(std::string(kRate) +
                            "[[space]]\nname = \"optimizer.lr\"\nrole = \"fixed\"\nvalue = 1\n")),
      HasSubstr("stands in the space twice"));
}

TEST(BuiltIn, ValuesAreOnesThatTheFieldTakes) {
  EXPECT_THAT(refusal(built_in_spec("[[space]]\nname = \"model.norm\"\nrole = \"scientific\"\n"
                                    "choices = [\"rms\", \"rmz\"]\n")),
              HasSubstr("did you mean 'rms'?"));
  EXPECT_THAT(refusal(built_in_spec("[[space]]\nname = \"optimizer.name\"\nrole = "
                                    "\"scientific\"\nscale = \"log\"\nrange = [1, 2]\n")),
              HasSubstr("takes no range"));
  EXPECT_THAT(refusal(built_in_spec("[[space]]\nname = \"model.layers\"\nrole = "
                                    "\"scientific\"\nscale = \"linear\"\nrange = [-3, 4]\n")),
              HasSubstr("model.layers cannot be used; got -3"));
  EXPECT_THAT(refusal(built_in_spec("", "metric = \"accuracy\"\ndirection = \"maximize\"\n")),
              HasSubstr("does not record 'accuracy'"));
  EXPECT_EQ(refusal(built_in_spec(
                "[[space]]\nname = \"warmup\"\nrole = \"scientific\"\nchoices = [0, \"2%\"]\n")),
            "accepted");
}

TEST(BuiltIn, AnUnknownPresetIsNamed) {
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tinny\"\n"), HasSubstr("tiny"));
}

}  // namespace
}  // namespace coldstart::study
