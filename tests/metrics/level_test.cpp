#include "coldstart/metrics/level.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metrics/small_model.h"

namespace coldstart::metrics {
namespace {

using testing::ElementsAre;

TEST(Layout, RolesGatherTheirParametersFromAllLayers) {
  const ParamList params = attention_params();
  const Layout layout(params, 100);
  EXPECT_THAT(layout.model.params, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(layout.matrices.params, ElementsAre(0, 1, 2, 3));
  ASSERT_EQ(layout.roles.size(), 4u);
  EXPECT_EQ(layout.roles[0].where, "role/attention_query");
  EXPECT_THAT(layout.roles[0].params, ElementsAre(0, 3));
  EXPECT_EQ(layout.roles[1].where, "role/attention_key") << "apart, though stored fused";
  EXPECT_THAT(layout.roles[1].params, ElementsAre(1));
  EXPECT_EQ(layout.roles[3].where, "role/norm_gain");
}

TEST(Layout, TooManyRowsAreSampledAtEvenDistances) {
  const ParamList params = attention_params(10);
  EXPECT_THAT(Layout(params, 100).rows[0], ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(Layout(params, 4).rows[0], ElementsAre(0, 2, 5, 7));
  EXPECT_TRUE(Layout(params, 4).rows[4].empty()) << "a gain has no rows";
}

}  // namespace
}  // namespace coldstart::metrics
