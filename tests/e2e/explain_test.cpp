// coldstart explain and coldstart docs rules as a user types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/plan/rules.h"
#include "coldstart/plan/rules_page.h"
#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

using testing::HasSubstr;

TEST(ExplainProgram, PrintsARule) {
  const ProgramResult result = run_program({"explain", "td-12"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, plan::explain("TD-12"));
}

TEST(ExplainProgram, ATypoNamesTheNearestAndEndsWithTwo) {
  const ProgramResult result = run_program({"explain", "W-STINGI"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'W-STINGY'?"));
  EXPECT_EQ(run_program({"explain"}).status, 2);
}

TEST(ExplainProgram, TheDocsAreThoseOfTheTable) {
  EXPECT_EQ(run_program({"docs", "rules"}).out, plan::rules_page());
}

}  // namespace
}  // namespace coldstart
