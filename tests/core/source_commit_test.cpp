#include "coldstart/core/source_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace coldstart {
namespace {

TEST(SourceCommit, IsAHashOrSaysThatItIsUnknown) {
  EXPECT_THAT(std::string(source_commit()),
              testing::AnyOf("unknown", testing::MatchesRegex("[0-9a-f]{12,}(-dirty)?")));
}

}  // namespace
}  // namespace coldstart
