#include "coldstart/train/options_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/files.h"
#include "coldstart/train/config.h"
#include "tests/test_paths.h"

namespace coldstart::train {
namespace {

TEST(OptionsPage, TheCommittedPageIsTheGeneratedOne) {
  EXPECT_EQ(read_file(source_dir() / "docs/options.md"), options_page())
      << "run: coldstart docs options > docs/options.md";
}

TEST(OptionsPage, NamesEveryOption) {
  RunConfig config;
  for (const Field& field : config.fields())
    EXPECT_THAT(options_page(), testing::HasSubstr("| `" + field.key + "` |"));
}

}  // namespace
}  // namespace coldstart::train
