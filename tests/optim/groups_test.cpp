#include "coldstart/optim/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coldstart::optim {
namespace {

using testing::ElementsAre;

const std::vector<ParamSpec> kSpecs = {{"wte", Role::token_embedding, -1, 9, 4},
                                       {"ln", Role::norm_gain, 0, 0, 4},
                                       {"fc", Role::mlp_in, 0, 6, 4},
                                       {"fc.bias", Role::linear_bias, 0, 0, 6},
                                       {"head", Role::head, -1, 9, 4}};

TEST(Groups, RotationalDecayedAndPlain) {
  const GroupRules decays{.weight_decay = 0.1}, none{},
      rotates{.weight_decay = 0.1, .rotates = true};
  GroupRules without_embeddings = rotates;
  without_embeddings.rotate_embeddings = false;
  EXPECT_EQ(group_of(Role::mlp_in, true, decays), Group::decayed);
  EXPECT_EQ(group_of(Role::mlp_in, true, none), Group::plain);
  EXPECT_EQ(group_of(Role::mlp_in, true, rotates), Group::rotational);
  EXPECT_EQ(group_of(Role::token_embedding, true, rotates), Group::rotational);
  EXPECT_EQ(group_of(Role::token_embedding, true, without_embeddings), Group::decayed);
  EXPECT_EQ(group_of(Role::position_embedding, true, without_embeddings), Group::decayed);
  EXPECT_EQ(group_of(Role::head, true, without_embeddings), Group::rotational);
}

TEST(Groups, GainsBiasesAndNormParametersAreAlwaysPlain) {
  const GroupRules rotates{.weight_decay = 0.1, .rotates = true};
  for (const Role role : {Role::norm_gain, Role::norm_bias, Role::linear_bias}) {
    EXPECT_EQ(group_of(role, false, rotates), Group::plain);
    EXPECT_EQ(group_of(role, true, rotates), Group::plain) << "whatever its shape";
  }
  EXPECT_EQ(group_of(Role::mlp_in, false, rotates), Group::plain);
}

TEST(Groups, OfAParameterList) {
  const ParamList params(kSpecs, DType::f32);
  const auto groups = group_params(params, {.weight_decay = 0.1, .rotates = true});
  std::vector<int64_t> first_rows;
  for (const ParamGroup& group : groups) first_rows.push_back(group.first_row);
  EXPECT_THAT(first_rows, ElementsAre(0, 9, 10, 16, 17));
  EXPECT_EQ(row_count(params), 26);
  EXPECT_EQ(groups[2].weight_decay, 0.1);
  EXPECT_EQ(groups[1].weight_decay, 0);
}

TEST(Groups, AreDescribedByRole) {
  EXPECT_THAT(describe_groups(kSpecs, {.weight_decay = 0.1,
                                       .rotates = true,
                                       .rotate_embeddings = false,
                                       .peak_angle = 0.00324}),
              ElementsAre("rotational (0.00324 rad a step at the peak rate): mlp_in, head",
                          "decayed (0.1): token_embedding", "plain: norm_gain, linear_bias"));
}

}  // namespace
}  // namespace coldstart::optim
