// How tests/e2e/page_blocks.h reads a page.
#include "tests/e2e/page_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PageBlocks, AreReadWithTheirMarks) {
  const auto blocks = page_blocks(
      "# Page\n"
      "<!-- a comment far away -->\n"
      "\n"
      "<!-- before: touch a.csv -->\n"
      "<!-- before: touch b.csv -->\n"
      "<!-- ends with: 3 4 -->\n"
      "```sh\n"
      "coldstart steps best a.csv\n"
      "```\n"
      "<!-- output -->\n"
      "```\n"
      "best step 3\n"
      "```\n"
      "1. In a list:\n"
      "   <!-- not run: needs a GPU -->\n"
      "   ```python\n"
      "   if 1:\n"
      "     import torch\n"
      "   ```\n");
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].line, 7);
  EXPECT_EQ(blocks[0].before, "touch a.csv\ntouch b.csv\n");
  EXPECT_THAT(blocks[0].ends_with, ElementsAre(3, 4));
  EXPECT_TRUE(blocks[0].is_run());
  EXPECT_TRUE(blocks[1].is_output);
  EXPECT_FALSE(blocks[1].is_run());
  EXPECT_EQ(blocks[2].text, "if 1:\n  import torch\n");
  EXPECT_EQ(blocks[2].not_run, "needs a GPU");
  EXPECT_FALSE(blocks[2].is_run());
}

TEST(PageBlocks, RefuseMarksThatMeanNothing) {
  EXPECT_THROW(page_blocks("<!-- not runn: why -->\n```sh\nls\n```\n"), DataError);
  EXPECT_THROW(page_blocks("```sh\nls\n"), DataError);
  EXPECT_THROW(commands_to_run(page_blocks("<!-- run with: sample --tokens 5 -->\n"
                                           "```sh\ncoldstart train demo\n```\n")[0]),
               DataError);
}

TEST(PageBlocks, TakeTheOptionsOfTheirMarks) {
  const auto blocks = page_blocks(
      "<!-- run with: train --steps 5 --quiet -->\n"
      "<!-- run with: study run --jobs 1 -->\n"
      "```sh\n"
      "build/coldstart train demo --lr 2 --steps 3000   # the same, longer\n"
      "coldstart train\n"
      "coldstart study run trained --jobs 4\n"
      "echo coldstart training\n"
      "```\n");
  EXPECT_EQ(commands_to_run(blocks[0]),
            "build/coldstart train --quiet demo --lr 2 --steps 5   # the same, longer\n"
            "coldstart train --steps 5 --quiet\n"
            "coldstart study run trained --jobs 1\n"
            "echo coldstart training\n");
}

TEST(PageBlocks, FindCommandsThatNoTestWouldRun) {
  EXPECT_THAT(commands_outside_of_blocks("```\nmake demo\n```\n"
                                         "    coldstart trace optimizer --name x\n"
                                         "```sh\nmake test\n```\n"
                                         "<!-- output -->\n```\nmake test\n```\n"
                                         "coldstart train is a verb\n"
                                         "```\nmodel      6 layers\n```\n"),
              ElementsAre("2: make demo", "4:     coldstart trace optimizer --name x"));
}

TEST(PageBlocks, OutputMayDifferInItsNumbersOnly) {
  const std::string printed =
      "step  5/500  loss 4.31  8.6K tok/s  6:41 left\nfinished at step 500\n";
  EXPECT_THAT(
      lines_not_printed("step 10/20 loss 3 1.2M tok/s 50 left\n...\nfinished ...\n", printed),
      IsEmpty());
  EXPECT_THAT(lines_not_printed("stopped at step 500\n", printed),
              ElementsAre("stopped at step 500"));
}

}  // namespace
}  // namespace coldstart
