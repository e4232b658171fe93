#include "coldstart/study/design.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace coldstart::study {
namespace {

constexpr const char* kRate =
    "[[space]]\nname = \"lr\"\nrole = \"nuisance\"\nscale = \"log\"\nrange = [1e-3, 1e-1]\n";

plan::StudyDesign design(const std::string& head, const std::string& space) {
  return design_of(parse_spec("goal = \"g\"\nconfig = \"tiny\"\n" + head + space, "spec.toml"),
                   ".");
}

bool warns(const plan::StudyDesign& design, std::string_view code) {
  const auto findings = plan::lint(design);
  return std::ranges::any_of(findings, [&](const auto& finding) { return finding.code == code; });
}

TEST(StudyDesign, IsThatOfTheSpecificationAndItsConfiguration) {
  const plan::StudyDesign d = design("points = 6\nseeds = 3\n", kRate);
  EXPECT_EQ(d.goal, "g");
  EXPECT_EQ(d.trials, 18);
  EXPECT_EQ(d.max_steps, 200) << "of the preset";
  EXPECT_EQ(d.space.at(0).name, "optimizer.lr");
  EXPECT_GT(d.eval_every, 0);
  EXPECT_EQ(d.sampling, plan::Sampling::quasi_random);
  EXPECT_FALSE(warns(d, "W-BATCH-TUNED"));
}

TEST(StudyDesign, TheLinterSeesWhatAUserWrote) {
  const std::string batch =
      "[[space]]\nname = \"batch_tokens\"\nrole = \"scientific\"\nscale = \"choice\"\n"
      "choices = [512, 1024]\n";
  EXPECT_TRUE(warns(design("points = 6\n", batch + kRate), "W-BATCH-TUNED")) << "BS-01";
}

TEST(StudyDesign, AWarmupThatTakesMuchOfTheTrialsIsSeen) {
  const auto of = [](const char* warmup) {
    return plan::lint(
        design(fmt::format("points = 6\n[set]\n\"schedule.warmup\" = {}\n", warmup), kRate));
  };
  const auto speaks = [](const auto& findings) {
    return std::ranges::any_of(findings, [](const auto& f) { return f.rule == "WU-06"; });
  };
  EXPECT_TRUE(speaks(of("\"20%\"")));
  EXPECT_FALSE(speaks(of("4")));
}

// A value that stands in the space once is that of every trial, whatever the configuration says.
TEST(StudyDesign, EV03_AFixedValueOfTheSpaceCounts) {
  const auto asks_for_more = [](const std::string& space) {
    const auto findings = plan::lint(design("points = 6\nmax_steps = 400\n", kRate + space));
    return std::ranges::any_of(findings, [](const auto& f) { return f.rule == "EV-03"; });
  };
  const auto fixed = [](int every) {
    return fmt::format("[[space]]\nname = \"train.eval_every\"\nrole = \"fixed\"\nvalue = {}\n",
                       every);
  };
  EXPECT_TRUE(asks_for_more(fixed(100)));
  EXPECT_FALSE(asks_for_more(fixed(10)));
}

// SD-06: docs/studies.md lets one name stand there once for each value of its parent.
TEST(StudyDesign, OneNameUnderTwoParentsIsTwoHyperparameters) {
  const auto rate_of = [](const char* optimizer) {
    return fmt::format("{}parent = \"optimizer.name\"\nparent_value = \"{}\"\n", kRate, optimizer);
  };
  const plan::StudyDesign d =
      design("points = 6\n",
             "[[space]]\nname = \"optimizer.name\"\nrole = \"scientific\"\nchoices = [\"adamw\", "
             "\"lion_a\"]\n" +
                 rate_of("adamw") + rate_of("lion_a"));
  EXPECT_EQ(d.space.at(1).name, "adamw:optimizer.lr");
  EXPECT_FALSE(warns(d, "E-PARENT"));
  EXPECT_FALSE(warns(d, "W-LR-FIXED"));
}

}  // namespace
}  // namespace coldstart::study
