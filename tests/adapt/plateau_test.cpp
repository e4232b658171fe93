#include "coldstart/adapt/plateau.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/core/error.h"

namespace coldstart::adapt {
namespace {

using testing::HasSubstr;

std::string error_of(const PlateauOptions& options, int64_t evaluations) {
  try {
    check_plateau(options, evaluations);
  } catch (const ConfigError& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Plateau, ReducesAfterThePatienceAndDownToTheFloor) {
  Plateau plateau({.plateau_patience = 2,
                   .plateau_factor = 0.5,
                   .plateau_threshold = 0.1,
                   .plateau_floor = 0.2});
  EXPECT_FALSE(plateau.observe(5));
  EXPECT_FALSE(plateau.observe(4.95)) << "not better by the threshold";
  EXPECT_TRUE(plateau.observe(4.9)) << "nor this: the best is still 5, and 0.1 is not above 0.1";
  EXPECT_EQ(plateau.factor(), 0.5);
  EXPECT_FALSE(plateau.observe(4.0));
  EXPECT_FALSE(plateau.observe(4.1));
  EXPECT_FALSE(plateau.observe(3.8)) << "better again: the count starts anew";
  EXPECT_FALSE(plateau.observe(3.9));
  EXPECT_TRUE(plateau.observe(9));
  EXPECT_EQ(plateau.factor(), 0.25);
  plateau.observe(9);
  EXPECT_TRUE(plateau.observe(9));
  EXPECT_EQ(plateau.factor(), 0.2) << "the floor";
  plateau.observe(9);
  EXPECT_FALSE(plateau.observe(9)) << "nothing changes any more";
  EXPECT_EQ(*plateau.state().best, 3.8);
}

TEST(Plateau, OffByDefault) {
  Plateau plateau({});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(plateau.observe(3));
  EXPECT_EQ(plateau.factor(), 1);
  EXPECT_EQ(plateau.state(), Plateau::State());
}

TEST(Plateau, GoesOnWhereItsStateWas) {
  const PlateauOptions options{.plateau_patience = 3};
  Plateau whole(options), first(options);
  for (const double loss : {3.0, 3.1, 3.2}) {
    whole.observe(loss);
    first.observe(loss);
  }
  Plateau second(options);
  second.restore(first.state());
  EXPECT_TRUE(whole.observe(3.3));
  EXPECT_TRUE(second.observe(3.3));
  EXPECT_EQ(second.state(), whole.state());
}

TEST(Plateau, RefusesWhatCannotAct) {
  EXPECT_EQ(error_of({}, 0), "accepted");
  EXPECT_EQ(error_of({.plateau_patience = 3}, 4), "accepted");
  EXPECT_THAT(error_of({.plateau_patience = 3}, 3), HasSubstr("too few evaluations"));
  EXPECT_THAT(error_of({.plateau_factor = 0.1}, 10), HasSubstr("turns it all off"));
}

}  // namespace
}  // namespace coldstart::adapt
