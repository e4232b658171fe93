#include "coldstart/study/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/study/axis_values.h"

namespace coldstart::study {
namespace {

Axis number(plan::Scale scale, double lo, double hi, bool integer = false) {
  Axis axis;
  axis.param.scale = scale;
  axis.param.lo = lo;
  axis.param.hi = hi;
  axis.integer = integer;
  return axis;
}

TEST(AxisValues, FollowTheScale) {
  EXPECT_EQ(value_at(number(plan::Scale::linear, 2, 4), 0.25), "2.5");
  EXPECT_EQ(value_at(number(plan::Scale::log, 1e-4, 1e-2), 0.5), "0.001");
  EXPECT_EQ(value_at(number(plan::Scale::logit, 0.1, 0.9), 0.5), "0.5");
  EXPECT_EQ(value_at(number(plan::Scale::log, 1e-4, 1e-2), 0), "0.0001");
  EXPECT_EQ(value_at(number(plan::Scale::log, 1e-4, 1e-2), 1), "0.01");
  EXPECT_EQ(value_at(number(plan::Scale::linear, 0, 1), 1.0 / 3), "0.333333") << "six digits";
  // The last digit must not leave the range.
  EXPECT_TRUE(accepts(number(plan::Scale::linear, 0, 1.0 / 3),
                      value_at(number(plan::Scale::linear, 0, 1.0 / 3), 1)));
}

TEST(AxisValues, WholeNumbersHaveEqualShares) {
  const Axis axis = number(plan::Scale::linear, 1, 4, true);
  std::map<std::string, int> counts;
  for (int i = 0; i < 400; ++i) ++counts[value_at(axis, (i + 0.5) / 400)];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"1", 100}, {"2", 100}, {"3", 100}, {"4", 100}}));
  EXPECT_EQ(value_at(axis, 1), "4");
  EXPECT_EQ(value_at(number(plan::Scale::log, 1, 100, true), 0.5), "10");
}

TEST(AxisValues, ChoicesHaveEqualShares) {
  Axis axis;
  axis.param.scale = plan::Scale::choice;
  axis.param.choices = {"a", "b", "c"};
  EXPECT_EQ(value_at(axis, 0), "a");
  EXPECT_EQ(value_at(axis, 0.34), "b");
  EXPECT_EQ(value_at(axis, 1), "c");
}

constexpr const char* kConditional = R"(goal = "g"
command = ["c", "{optimizer}", "{lr}", "{beta}"]
max_steps = 10
[[space]]
name = "optimizer"
role = "scientific"
choices = ["adamw", "sgd"]
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-4, 1e-2]
levels = 3
parent = "optimizer"
parent_value = "adamw"
[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [0.1, 1.0]
levels = 2
parent = "optimizer"
parent_value = "sgd"
[[space]]
name = "beta"
role = "fixed"
value = 0.9
)";

Spec spec_with(const std::string& lines, const std::string& text = kConditional) {
  return parse_spec(lines + text, "s.toml");
}

TEST(Sampler, AGridCrossesWhatExistsTogether) {
  const Spec spec = spec_with("sampler = \"grid\"\n");
  const auto sampler = make_sampler(spec);
  std::vector<std::string> points;
  for (int64_t i = 0; i < sampler->size(); ++i) {
    const Values v = sampler->point(i);
    points.push_back(v.at("optimizer") + " " + v.at("lr") + " " + v.at("beta"));
  }
  EXPECT_EQ(points, (std::vector<std::string>{"adamw 0.0001 0.9", "adamw 0.001 0.9",
                                              "adamw 0.01 0.9", "sgd 0.1 0.9", "sgd 1 0.9"}));
}

// DS-08 and QR-01: point i needs nothing but the specification and i, so a longer study begins with
// the points of the shorter one, in any order of asking.
TEST(Sampler, ALongerStudyBeginsWithTheShorterOne) {
  for (const char* name : {"halton", "random"}) {
    const Spec few = spec_with(std::string("points = 5\nsampler = \"") + name + "\"\n");
    const Spec many = spec_with(std::string("points = 50\nsampler = \"") + name + "\"\n");
    const auto a = make_sampler(few), b = make_sampler(many);
    ASSERT_EQ(b->size(), 50);
    for (int64_t i = 4; i >= 0; --i) EXPECT_EQ(a->point(i), b->point(i)) << name;
    EXPECT_NE(b->point(3), b->point(4));
  }
}

TEST(Sampler, GivesEachParentItsOwnRange) {
  const Spec spec = spec_with("points = 40\n");
  const auto sampler = make_sampler(spec);
  std::map<std::string, int> counts;
  for (int64_t i = 0; i < 40; ++i) {
    const Values v = sampler->point(i);
    const double lr = *parse_double(v.at("lr"));
    ++counts[v.at("optimizer")];
    if (v.at("optimizer") == "adamw") {
      EXPECT_TRUE(lr >= 1e-4 && lr <= 1e-2) << lr;
    } else {
      EXPECT_TRUE(lr >= 0.1 && lr <= 1) << lr;
    }
  }
  EXPECT_EQ(counts["adamw"], 20) << "the first dimension is that of base 2";
}

TEST(Sampler, TheSeedMakesThePoints) {
  const Spec one = spec_with("points = 5\nsampler_seed = 1\n"),
             two = spec_with("points = 5\nsampler_seed = 2\n");
  EXPECT_NE(make_sampler(one)->point(0), make_sampler(two)->point(0));
}

TEST(Sampler, AListGivesItsTrialsAndTheFixedValues) {
  const Spec spec =
      spec_with("", std::string(kConditional) + "[[trial]]\noptimizer = \"sgd\"\nlr = 0.5\n");
  const auto sampler = make_sampler(spec);
  EXPECT_EQ(sampler->size(), 1);
  EXPECT_EQ(sampler->point(0), (Values{{"optimizer", "sgd"}, {"lr", "0.5"}, {"beta", "0.9"}}));
}

TEST(Sampler, AGridThatIsTooLargeIsRefused) {
  std::string text = "goal = \"g\"\nconfig = \"tiny\"\nsampler = \"grid\"\n";
  for (int i = 0; i < 6; ++i)
    text += fmt::format(
        "[[space]]\nname = \"x{}\"\nrole = \"nuisance\"\nscale = \"linear\"\nrange = [0, "
        "1]\nlevels = 10\n",
        i);
  EXPECT_THROW(make_sampler(parse_spec(text, "s.toml")), ConfigError);
}

}  // namespace
}  // namespace coldstart::study
