#include "coldstart/tune/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::tune {
namespace {

using testing::HasSubstr;

TEST(TuneSummary, HoldsAllThatADecisionRestsOn) {
  Decision d{.id = "rate", .phase = "rates", .question = "Which rate?", .answer = "0.08"};
  d.label = "INSIDE_RANGE";
  d.evidence = {"0.02: 2.1 nats"};
  d.caveats = {"one seed"};
  d.commands = {"coldstart train base.toml --lr 0.08"};
  d.cost = {.seconds = 90, .tokens = 4096, .flops = 1e9};
  const std::string text = summary_markdown({.command = "coldstart tune plays.txt --budget 30m",
                                             .spent = {.seconds = 1790},
                                             .sample = "To be,\n```\nor"},
                                            {d});
  for (const char* part : {"# coldstart tune plays.txt --budget 30m", "## Which rate?",
                           "**0.08** (`INSIDE_RANGE`)", "- 0.02: 2.1 nats", "- caveat: one seed",
                           "- cost: 1:30, ", "```sh\ncoldstart train base.toml --lr 0.08\n```",
                           "29:50", "    To be,\n    ```\n    or\n"})
    EXPECT_THAT(text, HasSubstr(part));
}

}  // namespace
}  // namespace coldstart::tune
