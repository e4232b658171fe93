#include "coldstart/tensor/param.h"

#include <gtest/gtest.h>

namespace coldstart {
namespace {

ParamList make_list() {
  return ParamList({{"q", Role::attention_query, 0, 3, 5, false},
                    {"k", Role::attention_key, 0, 3, 5, true},
                    {"gain", Role::norm_gain, 0, 0, 5, false}},
                   DType::f32);
}

TEST(ParamList, FusedParametersAreAdjacentAndViewedAsOneMatrix) {
  const ParamList list = make_list();
  EXPECT_EQ(list[1].weight.f32(), list[0].weight.f32() + 15);
  const Tensor both = list.fused_weight(0, 2);
  EXPECT_EQ(both.dim(0), 6);
  EXPECT_EQ(both.dim(1), 5);
  EXPECT_EQ(both.f32(), list[0].weight.f32());
  EXPECT_THROW(list.fused_weight(1, 2), std::logic_error);
}

TEST(ParamList, UnfusedParametersAreAligned) {
  const ParamList list = make_list();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(list[2].weight.raw()) % Arena::kAlignment, 0u);
  EXPECT_EQ(list[2].offset % 16, 0);
}

TEST(ParamList, CompanionsShareTheLayout) {
  const ParamList list = make_list();
  const Arena state = list.make_companion();
  for (const Param& p : list) {
    const Tensor s = list.slice(state, p);
    EXPECT_EQ(s.shape_text(), p.weight.shape_text());
    EXPECT_EQ(s.f32() - state.flat(DType::f32).f32(), p.weight.f32() - list.weights().f32());
  }
}

TEST(ParamList, CountsTrainedNumbersWithoutPadding) {
  EXPECT_EQ(make_list().element_count(), 35);
  EXPECT_EQ(make_list().index_of("gain"), 2);
  EXPECT_EQ(make_list().index_of("gone"), -1);
}

}  // namespace
}  // namespace coldstart
