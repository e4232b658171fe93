#include "coldstart/plan/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::plan {
namespace {

using testing::HasSubstr;

TEST(Verdict, TextHasLabelRuleNumbersAndWhoseTheThresholdsAre) {
  Verdict verdict{.rule = "TD-12",
                  .label = "MAYBE_TOO_SHORT",
                  .text = "5 of 5 late.",
                  .evidence = {{.id = "late_share",
                                .what = "share of late best steps",
                                .value = {.lo = 0.65, .mid = 1, .hi = 1},
                                .threshold = 0.75,
                                .basis = Basis::playbook,
                                .vote = "MAYBE_TOO_SHORT"},
                               {.id = "wilson", .what = "its bound", .threshold = 0.5}},
                  .warnings = {"W-RETUNE-DECAY: a longer run needs its own decay"},
                  .valid_for = {"T = 30000 steps"},
                  .would_change = {"a flat end"},
                  .next = {"coldstart steps plan"}};
  verdict.tags = {"NOISE_LOWER_BOUND"};
  verdict.chart = "0-10% |\n";
  EXPECT_EQ(text_of(verdict),
            "0-10% |\n"
            "MAYBE_TOO_SHORT (TD-12): 5 of 5 late.\n"
            "  late_share: share of late best steps 1 [0.65, 1]; threshold 0.75 (the playbook's) "
            "-> MAYBE_TOO_SHORT\n"
            "  wilson: its bound; threshold 0.5 (our default, not the playbook's)\n"
            "  W-RETUNE-DECAY: a longer run needs its own decay\n"
            "  tag: NOISE_LOWER_BOUND\n"
            "  valid for: T = 30000 steps\n"
            "  would change it: a flat end\n"
            "  next: coldstart steps plan\n");
}

TEST(Verdict, EndsAVerbWithItsOwnStatus) {
  EXPECT_EQ(exit_code(Standing::ok), 0);
  EXPECT_EQ(exit_code(Standing::refused), 3);
  EXPECT_EQ(exit_code(Standing::insufficient), 4);
  EXPECT_EQ(exit_code(Standing::unstable), 5);
}

}  // namespace
}  // namespace coldstart::plan
