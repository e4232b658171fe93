// Every way in which a specification is wrong has its own words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"
#include "coldstart/study/length_names.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kHead =
    "goal = \"g\"\ncommand = [\"c\", \"{lr}\"]\nmax_steps = 10\npoints = 3\n";

std::string refusal(const std::string& text) {
  try {
    parse_spec(text, "s.toml");
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

std::string refusal_of_axis(const std::string& lines) {
  return refusal(std::string(kHead) + "[[space]]\nname = \"lr\"\n" + lines);
}

TEST(SpecErrors, NameFileAndLine) {
  EXPECT_THAT(refusal("goal = \"g\"\ncommand = \"a 'b\"\n"),
              HasSubstr("[s.toml:2] the command has a '"));
  EXPECT_THAT(refusal("goal = [\n"), HasSubstr("not TOML"));
}

TEST(SpecErrors, OfTheStudy) {
  EXPECT_THAT(refusal("max_steps = 1"), HasSubstr("no goal (SD-01)"));
  EXPECT_THAT(refusal("goal = \"g\""), HasSubstr("needs one trainer"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\ncommand = [\"x\"]"),
              HasSubstr("needs one trainer"));
  EXPECT_THAT(refusal("goal = \"g\"\ncommand = [\"x\"]"), HasSubstr("max_steps = 1000"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\nmetric = \"accuracy\""),
              HasSubstr("direction ="));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\ndirection = \"up\""),
              HasSubstr("minimize or maximize"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\nsede = 1"),
              HasSubstr("did you mean 'seeds'?"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\nseeds = [1, 1]"),
              HasSubstr("different integers"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\nseeds = 0"),
              HasSubstr("no number of seeds"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\nsampler = \"sobol\""),
              HasSubstr("no sampler 'sobol'"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\ntime_limit_s = -1.0"),
              HasSubstr("below 0"));
  EXPECT_THAT(refusal("goal = \"g\"\nconfig = \"tiny\"\n[schedule]\nwarmup = 3"),
              HasSubstr("has its schedule in its config"));
}

TEST(SpecErrors, AStudyOfANewerVersion) {
  EXPECT_THAT(
      refusal("format = 2\ngoal = \"g\""),
      AllOf(HasSubstr("made by a newer version"), HasSubstr("got format 2, expected at most 1")));
}

TEST(SpecErrors, OfAHyperparameter) {
  EXPECT_THAT(refusal_of_axis("scale = \"log\"\nrange = [1, 2]"),
              HasSubstr("'lr' has no role (SD-02)"));
  EXPECT_THAT(refusal_of_axis("role = \"nuisence\"\nvalue = 1"),
              HasSubstr("did you mean 'nuisance'?"));
  const std::string varied = "role = \"nuisance\"\n";
  EXPECT_THAT(refusal_of_axis(varied), HasSubstr("has no values"));
  EXPECT_THAT(refusal_of_axis(varied + "range = [1, 2]"), HasSubstr("has no scale"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"log\"\nrange = [2, 2]"), HasSubstr("is empty"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"log\"\nrange = [2, 1]"),
              HasSubstr("is inverted"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"log\"\nrange = [0, 1]"),
              HasSubstr("where a log scale has no place"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"log\"\nrange = [-1, 1]"),
              HasSubstr("where a log scale has no place"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"logit\"\nrange = [0.5, 1]"),
              HasSubstr("logit scale has no place"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"linear\"\nrange = [0, inf]"),
              HasSubstr("is not finite"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"linear\"\nrange = [1]"),
              HasSubstr("[low, high]"));
  EXPECT_THAT(refusal_of_axis(varied + "scale = \"linear\"\nrange = [0.2, 0.8]\ninteger = true"),
              HasSubstr("no whole number"));
  EXPECT_THAT(refusal_of_axis(varied + "choices = [\"a\"]"), HasSubstr("fewer than two choices"));
  EXPECT_THAT(refusal_of_axis(varied + "choices = [1, 1]"), HasSubstr("the choice '1' twice"));
  EXPECT_THAT(refusal_of_axis(varied + "value = 3"), HasSubstr("is nuisance and has one value"));
  EXPECT_THAT(refusal_of_axis("role = \"fixed\"\nchoices = [1, 2]"),
              HasSubstr("is fixed and varied"));
  EXPECT_THAT(refusal_of_axis("role = \"fixed\"\nvalue = 1\nrnge = [1, 2]"),
              HasSubstr("has no key 'rnge'"));
  EXPECT_THAT(refusal_of_axis("role = \"fixed\"\nvalue = 1\nparent = \"x\""),
              HasSubstr("half a parent"));
  EXPECT_THAT(refusal_of_axis("role = \"fixed\"\nvalue = 1\nparent = \"x\"\nparent_value = 1"),
              HasSubstr("does not stand before it"));
  EXPECT_THAT(
      refusal_of_axis(
          "role = \"fixed\"\nvalue = 1\n[[space]]\nname = \"lr\"\nrole = \"fixed\"\nvalue = 2"),
      HasSubstr("stands in the space twice"));
  EXPECT_THAT(refusal(std::string(kHead) + "[[space]]\nrole = \"fixed\""),
              HasSubstr("has no name"));
}

TEST(SpecErrors, TheLengthOfTrainingIsNoHyperparameter) {
  for (const char* name : {"train.steps", "steps", "max_steps", "num_train_steps", "epochs",
                           "num_train_epochs", "max-tokens", "total_iterations", "nEpochs"}) {
    EXPECT_TRUE(names_length(name)) << name;
    EXPECT_THAT(
        refusal(fmt::format("{}[[space]]\nname = \"{}\"\nrole = \"nuisance\"\nchoices = [1, 2]",
                            kHead, name)),
        HasSubstr("(TD-09): trials of different lengths cannot be compared"));
  }
  for (const char* name :
       {"lr", "warmup_steps", "schedule.warmup", "batch_tokens", "decay_steps", "momentum"})
    EXPECT_FALSE(names_length(name)) << name;
  EXPECT_THAT(refusal_of_axis("role = \"nuisance\"\nkind = \"steps\"\nchoices = [1, 2]"),
              HasSubstr("TD-09"));
}

TEST(SpecErrors, OfTheSampler) {
  const std::string head = "goal = \"g\"\ncommand = [\"c\", \"{lr}\"]\nmax_steps = 10\n";
  const std::string lr =
      "[[space]]\nname = \"lr\"\nrole = \"nuisance\"\nscale = \"log\"\nrange = [1e-4, 1e-2]\n";
  EXPECT_THAT(refusal(head + lr), HasSubstr("how many points"));
  EXPECT_THAT(refusal(head + "sampler = \"grid\"\n" + lr), HasSubstr("number of levels of 'lr'"));
  EXPECT_THAT(refusal(head + "sampler = \"grid\"\npoints = 3\n" + lr),
              HasSubstr("its own number of points"));
  EXPECT_THAT(refusal(head + "sampler = \"list\"\n" + lr), HasSubstr("there is no [[trial]]"));
  EXPECT_THAT(refusal(head + lr + "[[trial]]\nlr = 1.0"),
              HasSubstr("lr = 1 lies outside the space"));
  EXPECT_THAT(refusal(head + lr + "[[trial]]\n"), HasSubstr("has no value of 'lr'"));
  EXPECT_THAT(refusal(head + lr + "[[trial]]\nlr = 1e-3\nrl = 2"),
              HasSubstr("[[trial]] has no key 'rl'"));
  EXPECT_THAT(refusal(head + lr + "[[trial]]\nlr = 1e-3\n[[trial]]\nlr = 1e-3"),
              HasSubstr("trials 1 and 2 of the list are the same"));
}

TEST(SpecErrors, OfAParent) {
  const std::string text =
      std::string(kHead) +
      "[[space]]\nname = \"opt\"\nrole = \"scientific\"\nchoices = [\"adamw\", \"lion\"]\n"
      "[[space]]\nname = \"lr\"\nrole = \"fixed\"\nvalue = 1\nparent = \"opt\"\nparent_value = "
      "\"adam\"\n";
  EXPECT_THAT(refusal(text), HasSubstr("did you mean 'adamw'?"));
}

}  // namespace
}  // namespace coldstart::study
