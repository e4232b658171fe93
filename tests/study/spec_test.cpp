#include "coldstart/study/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/study/kinds.h"

namespace coldstart::study {
namespace {

constexpr const char* kFull = R"(
goal = "AdamW against Lion \"here\""
notes = "two lines\nof text <script>"
metric = "accuracy"
direction = "maximize"
command = ["train", "--lr", "{lr}", "a b"]
max_steps = 500
production_steps = 5000
sampler = "random"
sampler_seed = 7
points = 12
seeds = [3, 1, 2]
time_limit_s = 60
silence_limit_s = 5.5
disk_limit_mb = 100
base_lr = 0.001

[schedule]
shape = "cosine"
warmup = "5%"

[[space]]
name = "optimizer"
role = "scientific"
choices = ["adamw", "lion"]

[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-4, 1e-2]
levels = 5
parent = "optimizer"
parent_value = "adamw"

[[space]]
name = "lr"
role = "nuisance"
scale = "log"
range = [1e-5, 1e-3]
parent = "optimizer"
parent_value = "lion"

[[space]]
name = "layers"
role = "nuisance"
scale = "linear"
range = [1, 4]
integer = true

[[space]]
name = "dropout"
role = "fixed"
value = 0.1
)";

TEST(Spec, SaysWhatItsTextSays) {
  const Spec spec = parse_spec(kFull, "s.toml");
  EXPECT_EQ(spec.goal, "AdamW against Lion \"here\"");
  EXPECT_TRUE(spec.maximised);
  EXPECT_EQ(spec.command.back(), "a b");
  EXPECT_EQ(spec.seeds, (std::vector<int64_t>{3, 1, 2}));
  EXPECT_EQ(spec.limits.disk_bytes, 1e8);
  EXPECT_EQ(spec.schedule->warmup.text(), "5%");
  ASSERT_EQ(spec.space.size(), 5u);
  EXPECT_EQ(spec.space[0].param.role, plan::Role::scientific);
  EXPECT_EQ(spec.space[1].param.scale, plan::Scale::log);
  EXPECT_EQ(spec.space[1].param.kind, plan::Kind::base_lr);
  EXPECT_EQ(spec.space[2].param.parent_value, "lion");
  EXPECT_TRUE(spec.space[3].integer);
  EXPECT_EQ(spec.space[4].param.lo, 0.1);
  EXPECT_EQ(spec.space[4].param.choices, std::vector<std::string>{"0.1"});
}

TEST(Spec, WrittenAndReadAgainIsTheSame) {
  const std::string text = to_toml(parse_spec(kFull, "s.toml"));
  EXPECT_EQ(to_toml(parse_spec(text, "study.toml")), text);
  const Spec again = parse_spec(text, "study.toml");
  EXPECT_EQ(again.notes, "two lines\nof text <script>");
}

TEST(Spec, ACommandMayBeOneText) {
  const Spec spec = parse_spec(R"(goal = "g"
max_steps = 1
command = "python3 'my train.py' --lr {lr} --name \"a b\" c\\ d"
)",
                               "s.toml");
  EXPECT_EQ(spec.command, (std::vector<std::string>{"python3", "my train.py", "--lr", "{lr}",
                                                    "--name", "a b", "c d"}));
}

TEST(Spec, SeedsMayBeANumber) {
  const Spec spec = parse_spec("goal = \"g\"\nconfig = \"tiny\"\nseeds = 3", "s.toml");
  EXPECT_EQ(spec.seeds, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(spec.points, 1) << "nothing varies: one point";
}

TEST(Kinds, AreToldFromNames) {
  EXPECT_EQ(kind_of("optimizer.lr"), plan::Kind::base_lr);
  EXPECT_EQ(kind_of("adam.learning_rate"), plan::Kind::base_lr);
  EXPECT_EQ(kind_of("schedule.warmup"), plan::Kind::warmup);
  EXPECT_EQ(kind_of("schedule.warmup_shape"), plan::Kind::schedule);
  EXPECT_EQ(kind_of("optimizer.name"), plan::Kind::optimizer);
  EXPECT_EQ(kind_of("optimizer.beta1"), plan::Kind::optimizer_hyper);
  EXPECT_EQ(kind_of("model.layers"), plan::Kind::architecture);
  EXPECT_EQ(kind_of("something"), plan::Kind::other);
}

}  // namespace
}  // namespace coldstart::study
