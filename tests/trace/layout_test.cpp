#include "coldstart/trace/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/temp_dir.h"
#include "tests/trace/tensor_file.h"

namespace coldstart::trace {
namespace {

using testing::HasSubstr;

std::vector<double> counting(int64_t n) {
  std::vector<double> x;
  for (int64_t i = 0; i < n; ++i) x.push_back(static_cast<double>(i));
  return x;
}

TraceLayout layout_of(const TensorFile& file, const RoleMap& roles = {}) {
  const data::TempDir dir;
  file.write(dir / "w.safetensors");
  return lay_out_trace(io::SafetensorsReader(dir / "w.safetensors"), "w", roles);
}

std::map<std::string, Role> roles_of(const TraceLayout& layout) {
  std::map<std::string, Role> roles;
  for (const ParamSpec& spec : layout.specs) roles[spec.name] = spec.role;
  return roles;
}

TEST(TraceLayout, RolesComeFromNames) {
  TensorFile file;
  const std::pair<const char*, Role> matrices[] = {
      {"token_embedding.weight", Role::token_embedding},
      {"h.3.attn.k.weight", Role::attention_key},
      {"wpe.weight", Role::position_embedding},
      {"transformer.h.0.mlp.c_proj.weight", Role::mlp_out},
      {"model.layers.12.mlp.gate_proj.weight", Role::mlp_gate},
      {"model.layers.0.self_attn.o_proj.weight", Role::attention_output},
      {"lm_head.weight", Role::head},
      {"anything", Role::mlp_in},
  };
  for (const auto& [name, role] : matrices) file.add(name, {2, 3}, counting(6));
  file.add("ln_f.weight", {3}, counting(3));
  file.add("h.0.mlp.in.bias", {3}, counting(3));
  file.add("some vector", {3}, counting(3));
  const auto roles = roles_of(layout_of(file));
  for (const auto& [name, role] : matrices) EXPECT_EQ(roles.at(name), role) << name;
  EXPECT_EQ(roles.at("ln_f.weight"), Role::norm_gain);
  EXPECT_EQ(roles.at("h.0.mlp.in.bias"), Role::linear_bias);
  EXPECT_EQ(roles.at("some vector"), Role::norm_gain);
}

TEST(TraceLayout, AMapWinsOverNames) {
  TensorFile file;
  file.add("h.0.attn.q.weight", {2, 3}, counting(6));
  file.add("table", {2, 3}, counting(6));
  const RoleMap map =
      read_roles("\"h.0.attn.q.weight\" = \"head\"\ntable = \"token_embedding\"\n", "r");
  const auto roles = roles_of(layout_of(file, map));
  EXPECT_EQ(roles.at("h.0.attn.q.weight"), Role::head);
  EXPECT_EQ(roles.at("table"), Role::token_embedding);
}

// GPT-2's c_attn is (in, out) = (2, 6): columns 0 1 are q, 2 3 are k, 4 5 are v.
TEST(TraceLayout, GptTwosBlocksAreTurnedAndCutAndPutTogetherAgain) {
  TensorFile file;
  file.add("h.0.attn.c_attn.weight", {2, 6}, counting(12));
  file.add("h.0.attn.c_attn.bias", {6}, counting(6));
  const TraceLayout layout = layout_of(file);
  ASSERT_EQ(layout.specs.size(), 6u);
  ParamList params(layout.specs, layout.dtype);
  for (const TraceTensor& tensor : layout.tensors)
    take_from_file(tensor, counting(tensor.shape.size() == 2 ? 12 : 6), params, TraceSide::weights);
  const Param& key = params.named("h.0.attn.c_attn.weight[k]");
  EXPECT_EQ(key.role, Role::attention_key);
  EXPECT_EQ(key.weight.shape_text(), "(2, 2)");
  const double expected[] = {2, 8, 3, 9};  // row = output
  for (int64_t i = 0; i < 4; ++i) EXPECT_EQ(key.weight.at(i), expected[i]);
  EXPECT_EQ(params.named("h.0.attn.c_attn.bias[v]").weight.at(1), 5);
  for (const TraceTensor& tensor : layout.tensors)
    EXPECT_EQ(as_in_file(tensor, params, TraceSide::weights),
              counting(tensor.shape.size() == 2 ? 12 : 6));
}

TEST(TraceLayout, TheTypeOfTheFileIsTheTypeOfTheTrace) {
  TensorFile single, twice(DType::f64);
  single.add("w", {2, 2}, counting(4));
  twice.add("w", {2, 2}, counting(4));
  EXPECT_EQ(layout_of(single).dtype, DType::f32);
  EXPECT_EQ(layout_of(twice).dtype, DType::f64);
}

std::string error_of(const TensorFile& file, const RoleMap& roles = {}) {
  try {
    layout_of(file, roles);
    return "";
  } catch (const DataError& error) {
    return error.message();
  }
}

TEST(TraceLayout, RefusesWhatIsNoVectorOrMatrix) {
  TensorFile cube, nothing;
  cube.add("w", {2, 2, 2}, counting(8));
  EXPECT_THAT(error_of(cube), HasSubstr("(2, 2, 2)"));
  nothing.add("tokens", {2}, counting(2));  // what a trace of a step holds beside the weights
  EXPECT_THAT(error_of(nothing), HasSubstr("no weights"));
}

TEST(TraceLayout, RefusesARoleOfNobody) {
  TensorFile file;
  file.add("matrix", {2, 2}, counting(4));
  EXPECT_THAT(error_of(file, {{"matrx", Role::head}}), HasSubstr("did you mean 'matrix'?"));
  try {
    read_roles("matrix = \"heads\"\n", "roles.toml");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.message(), HasSubstr("roles.toml:1"));
    EXPECT_THAT(error.message(), HasSubstr("did you mean 'head'?"));
  }
}

}  // namespace
}  // namespace coldstart::trace
