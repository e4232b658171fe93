#include "coldstart/metrics/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/metrics/small_model.h"

namespace coldstart::metrics {
namespace {

using testing::ElementsAre;
using testing::Pair;

LevelSet levels(std::initializer_list<Level> wanted) {
  LevelSet set;
  for (const Level level : wanted) set[level] = true;
  return set;
}

class Sink : public testing::Test {
 protected:
  const ParamList params_ = attention_params();
  const Layout layout_{params_, 3};
  MetricSink sink_{layout_};
};

TEST_F(Sink, NamesAreMetricPartAndPlace) {
  sink_.begin("snr", levels({Level::model}));
  sink_.put(".noise", "role/mlp_in", 2.0);
  EXPECT_THAT(sink_.take(), ElementsAre(Pair("snr.noise/role/mlp_in", MetricValue(2.0))));
  EXPECT_TRUE(sink_.take().empty());
}

TEST_F(Sink, MissingIsLeftOutAndZeroIsNot) {
  sink_.begin("x", levels({Level::model}));
  sink_.put("", "a", std::nullopt);
  sink_.put("", "b", std::numeric_limits<double>::quiet_NaN());
  sink_.put("", "c", 0.0);
  sink_.put("", "d", std::numeric_limits<double>::infinity());
  EXPECT_THAT(sink_.take(),
              ElementsAre(Pair("x/c", MetricValue(0.0)), Pair("x/d", MetricValue(INFINITY))));
}

TEST_F(Sink, TensorValuesAreCombinedOverRolesAndModel) {
  using Values = std::vector<std::optional<double>>;
  sink_.begin("x", levels({Level::model, Level::role}));
  sink_.put_tensors("", Values{3, std::nullopt, 2, 4, std::nullopt}, Combine::mean);
  EXPECT_THAT(sink_.take(), ElementsAre(Pair("x/model", MetricValue(3.0)),
                                        Pair("x/role/attention_query", MetricValue(3.5)),
                                        Pair("x/role/attention_value", MetricValue(2.0))))
      << "a role of which nothing is known is left out";
  sink_.begin("x", levels({Level::tensor}));
  sink_.put_tensors("", Values{3, std::nullopt, 2, 4, std::nullopt}, Combine::rms);
  EXPECT_THAT(sink_.take(), ElementsAre(Pair("x/h.0.attn.q.weight", MetricValue(3.0)),
                                        Pair("x/h.0.attn.v.weight", MetricValue(2.0)),
                                        Pair("x/h.1.attn.q.weight", MetricValue(4.0))));
  sink_.begin("x", levels({Level::model}));
  sink_.put_tensors("", Values{1, 7, std::nullopt, std::nullopt, std::nullopt}, Combine::rms);
  EXPECT_THAT(sink_.take(), ElementsAre(Pair("x/model", MetricValue(5.0))));
}

TEST_F(Sink, RowsAreFiveNumbersOfWhatIsKnown) {
  using Values = std::vector<std::optional<double>>;
  sink_.begin("x", levels({Level::rows}));
  sink_.put_rows("", 0, Values{1, std::nullopt, 3});
  sink_.put_rows("", 1, Values{std::nullopt});
  EXPECT_THAT(sink_.take(), ElementsAre(Pair("x/rows/h.0.attn.q.weight",
                                             MetricValue(FiveNumbers{1, 1.5, 2, 2.5, 3}))));
}

TEST(SevenDigits, AreKept) {
  EXPECT_EQ(seven_digits(1.0 / 3), 0.3333333);
  EXPECT_EQ(seven_digits(-123456789.0), -123456800.0);
  EXPECT_EQ(seven_digits(1e-300), 1e-300);
  EXPECT_EQ(seven_digits(0), 0);
  EXPECT_TRUE(std::isinf(seven_digits(INFINITY)));
}

}  // namespace
}  // namespace coldstart::metrics
