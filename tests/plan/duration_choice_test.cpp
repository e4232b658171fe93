#include "coldstart/plan/duration_choice.h"

#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::plan {
namespace {

TEST(DurationChoice, TD07_WhenInDoubtTheLongerOne) {
  EXPECT_EQ(choose_length({{1000, {2.9, 3.0, 3.1}}, {2000, {2.95, 3.02, 3.1}}}), 2000);
  EXPECT_EQ(choose_length({{1000, {2.9, 3.0, 3.1}}, {2000, {3.2, 3.3, 3.4}}}), 1000);
  EXPECT_EQ(choose_length({{2000, {2.8, 2.9, 2.95}}, {1000, {2.9, 3.0, 3.1}}}), 2000);
  EXPECT_THROW(choose_length({}), ConfigError);
}

TEST(DurationChoice, TD08_LongerIsSafeOnlyWithFrequentCheckpointsOfTheBest) {
  EXPECT_EQ(longer_is_safe(true, 50, 1000).label, "KEEP");
  EXPECT_EQ(longer_is_safe(true, 51, 1000).label, "E-NO-RETRO");
  EXPECT_EQ(longer_is_safe(true, 0, 1000).label, "E-NO-RETRO");
  EXPECT_EQ(longer_is_safe(false, 50, 1000).label, "E-NO-RETRO");
  EXPECT_EQ(exit_code(longer_is_safe(false, 50, 1000).standing), 3);
}

}  // namespace
}  // namespace coldstart::plan
