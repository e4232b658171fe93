#include "coldstart/optim/radam.h"

#include <gtest/gtest.h>

namespace coldstart::optim {
namespace {

TEST(Radam, TheTableOfTheDesign) {
  const double steps[] = {5, 10, 20, 40, 100};
  const double short_memory[] = {.118, .348, .579, .805, .982};
  const double long_memory[] = {.017, .049, .085, .131, .215};
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(radam_rectification(0.95, steps[i]), short_memory[i], 6e-4);
    EXPECT_NEAR(radam_rectification(0.999, steps[i]), long_memory[i], 6e-4);
  }
  EXPECT_NEAR(radam_rectification(0.999, 1000), .645, 6e-4);
}

TEST(Radam, NothingWhileTheSecondMomentIsUnreliable) {
  for (const double t : {1.0, 2.0, 3.0, 4.0}) EXPECT_EQ(radam_rectification(0.95, t), 0);
  EXPECT_NEAR(radam_rectification(0.95, 1e5), 1, 1e-12);
}

}  // namespace
}  // namespace coldstart::optim
