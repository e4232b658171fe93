// Rows SX-04, AD-03 of the design; section 6.11.
#include "coldstart/plan/rungs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

Pipeline pipeline() {
  Pipeline p{.options = {.production = 100'000, .sigma = 0.01}, .ideas = {}};
  for (const char* id : {"a", "b", "c", "d"})
    p = add_idea(p, {.id = id, .complexity_note = "one op"});
  return p;
}
const Idea& idea(const Pipeline& p, const std::string& id) {
  for (const Idea& candidate : p.ideas)
    if (candidate.id == id) return candidate;
  throw std::runtime_error(id);
}
std::vector<std::string> ids(const std::vector<RungTask>& tasks) {
  std::vector<std::string> result;
  for (const RungTask& task : tasks) result.push_back(task.id);
  return result;
}

TEST(Rungs, TheFirstRungRunsEveryIdeaAndTheBaselineFromScratch) {
  const auto tasks = rung_tasks(pipeline());
  EXPECT_THAT(ids(tasks), testing::ElementsAre("baseline", "a", "b", "c", "d"));
  EXPECT_EQ(tasks[1].from, 0);
  EXPECT_EQ(tasks[1].trunk_to, 8'000);
  EXPECT_EQ(tasks[1].end, 10'000);
}

TEST(RungsSX04, OnlyIdeasThatPassedGoOnAndTheirTrunkGoesOnWithThem) {
  // needed: sqrt(2) 0.01 = 0.0141
  const Pipeline p =
      advance(pipeline(), {{"baseline", 3}, {"a", 2.9}, {"b", 2.98}, {"c", 2.99}, {"d", 3.1}});
  EXPECT_EQ(p.rung, 2);
  EXPECT_EQ(idea(p, "a").rung, 2);
  EXPECT_EQ(idea(p, "b").rung, 2);
  int controls = 0;
  for (const char* id : {"c", "d"}) {
    EXPECT_EQ(idea(p, id).state, IdeaState::rejected);
    controls += idea(p, id).control;
  }
  EXPECT_EQ(controls, 1) << "one rejected idea runs on as a control";
  const auto tasks = rung_tasks(p);
  ASSERT_EQ(tasks.size(), 4u);
  EXPECT_EQ(tasks[0].from, 8'000) << "no step is repeated but the cooldowns";
  EXPECT_EQ(tasks[0].end, 31'623);
}

TEST(Rungs, AnIdeaThatSharesNoTrunkRunsFromScratch) {
  Pipeline p = pipeline();
  p.ideas[0].shares_trunk = false;
  p = advance(p, {{"baseline", 3}, {"a", 2.9}, {"b", 2.9}, {"c", 3}, {"d", 3}});
  for (const RungTask& task : rung_tasks(p)) {
    if (task.id == "a") {
      EXPECT_EQ(task.from, 0);
      EXPECT_NEAR(task.cost, 0.316, 1e-3);
    }
  }
}

TEST(RungsAD03, TheLastRungAdoptsWhatHasAComplexityNoteAndHoldsTheRest) {
  Pipeline p = pipeline();
  p.ideas[1].complexity_note.clear();
  p.options.promote = {4};
  for (int rung = 1; rung <= 3; ++rung)
    p = advance(p, {{"baseline", 3}, {"a", 2.9}, {"b", 2.9}, {"c", 3}, {"d", 3}});
  EXPECT_EQ(idea(p, "a").state, IdeaState::adopted);
  EXPECT_EQ(idea(p, "b").state, IdeaState::held);
  EXPECT_EQ(idea(p, "a").evidence.size(), 3u) << "a line a rung, with its length";
  EXPECT_THAT(idea(p, "a").evidence[2], testing::HasSubstr("100000 steps"));
  EXPECT_TRUE(rung_tasks(p).empty());
}

TEST(Rungs, NoMoreThanTheAllowedNumberPassAndInfeasibleOnesDoNot) {
  Pipeline p = pipeline();
  p.options.promote = {1, 1};
  p = advance(p, {{"baseline", 3}, {"a", NAN}, {"b", 2.8}, {"c", 2.9}, {"d", 3}});
  EXPECT_EQ(idea(p, "b").rung, 2);
  EXPECT_EQ(idea(p, "a").state, IdeaState::rejected);
  EXPECT_EQ(idea(p, "c").state, IdeaState::rejected);
}

TEST(Rungs, ALaterIdeaStartsAtTheFirstRung) {
  Pipeline p = advance(pipeline(), {{"baseline", 3}, {"a", 2.9}, {"b", 3}, {"c", 3}, {"d", 3}});
  p = add_idea(p, {.id = "late"});
  EXPECT_THAT(ids(rung_tasks(p)), testing::ElementsAre("baseline", "late"));
  p = advance(p, {{"baseline", 3}, {"late", 2.9}});
  EXPECT_EQ(idea(p, "late").rung, 2);
  EXPECT_EQ(p.rung, 2);
  EXPECT_THROW(add_idea(p, {.id = "late"}), ConfigError);
}

TEST(Rungs, MissingScoresAndOptionsAreRefused) {
  EXPECT_THROW(advance(pipeline(), {{"a", 1}}), ConfigError);
  EXPECT_THROW(advance(pipeline(), {{"baseline", 1}, {"a", 1}}), ConfigError);
  Pipeline p = pipeline();
  p.options.sigma = 0;
  EXPECT_THROW(rung_tasks(p), ConfigError) << "without noise nothing can pass";
}

}  // namespace
}  // namespace coldstart::plan
