#include "coldstart/io/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "coldstart/core/error.h"

namespace coldstart::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::filesystem::path scratch(const std::string& name) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "safetensors_test";
  std::filesystem::create_directories(directory);
  return directory / (std::to_string(getpid()) + "-" + name);
}

// A file of a given header and data.
std::string file_of(const std::string& header, const std::string& data) {
  const uint64_t size = header.size();
  std::string text(reinterpret_cast<const char*>(&size), sizeof size);
  return text + header + data;
}

SafetensorsHeader parse(const std::string& file) {
  return parse_safetensors(std::as_bytes(std::span(file.data(), file.size())), "x.safetensors");
}

std::string refusal(const std::string& file) {
  try {
    parse(file);
  } catch (const DataError& error) {
    return error.message();
  }
  return "accepted";
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

TEST(Safetensors, GivesBackWhatWasWritten) {
  std::vector<float> a = {1, -2, std::numeric_limits<float>::infinity(), 0.1f, 1e-45f, -0.0f};
  std::vector<double> b = {1.0 / 3, 1e300};
  const std::vector<int64_t> c = {-1, INT64_MAX};
  SafetensorsWriter writer;
  writer.add("weights/a", Tensor(a.data(), DType::f32, {2, 3}));
  writer.add("b", Tensor(b.data(), DType::f64, {2}));
  writer.add("c", c);
  writer.set_metadata({{"step", "7"}, {"format", "pt"}});
  const auto path = scratch("round.safetensors");
  writer.write(path);

  const SafetensorsReader reader(path);
  EXPECT_EQ(reader.metadata().at("step"), "7");
  ASSERT_EQ(reader.tensors().size(), 3u);
  EXPECT_EQ(reader.tensors()[0].name, "weights/a");
  EXPECT_THAT(reader.tensors()[0].shape, ElementsAre(2, 3));
  std::vector<float> a2(6);
  reader.read(reader.named("weights/a"), Tensor(a2.data(), DType::f32, {6}));
  EXPECT_EQ(std::memcmp(a.data(), a2.data(), 24), 0);
  std::vector<double> b2(2);
  reader.read(reader.named("b"), Tensor(b2.data(), DType::f64, {2}));
  EXPECT_EQ(b, b2);
  EXPECT_EQ(reader.read_integers(reader.named("c")), c);

  // Equal tensors, equal bytes; and the data of the first tensor is aligned.
  const auto again = scratch("again.safetensors");
  writer.write(again);
  EXPECT_EQ(read_file(path), read_file(again));
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, read_file(path).data(), 8);
  EXPECT_EQ(header_bytes % 8, 0u);
}

TEST(Safetensors, ReadsHalfPrecisionExactly) {
  // 1, -2, smallest subnormal, largest, -inf, -0
  const std::vector<uint16_t> half = {0x3c00, 0xc000, 0x0001, 0x7bff, 0xfc00, 0x8000};
  const std::vector<uint16_t> brain = {0x3f80, 0xc000, 0x0001, 0x7f7f, 0xff80, 0x8000};
  std::string data(reinterpret_cast<const char*>(half.data()), 12);
  data.append(reinterpret_cast<const char*>(brain.data()), 12);
  const auto path = scratch("half.safetensors");
  write_file_atomic(path, file_of(R"({"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},)"
                                  R"("b":{"dtype":"BF16","shape":[2,3],"data_offsets":[12,24]}})",
                                  data));
  const SafetensorsReader reader(path);
  std::vector<float> out(6);
  reader.read(reader.named("h"), Tensor(out.data(), DType::f32, {6}));
  EXPECT_THAT(out, ElementsAre(1.f, -2.f, 0x1p-24f, 65504.f, -INFINITY, -0.f));
  EXPECT_TRUE(std::signbit(out[5]));
  reader.read(reader.named("b"), Tensor(out.data(), DType::f32, {6}));
  EXPECT_THAT(out, ElementsAre(1.f, -2.f, 0x1p-133f, 0x1.fep127f, -INFINITY, -0.f));
  std::vector<double> wide(6);
  reader.read(reader.named("h"), Tensor(wide.data(), DType::f64, {6}));
  EXPECT_EQ(wide[2], 0x1p-24);
}

TEST(Safetensors, AcceptsScalarsEmptyTensorsAndPaddedHeaders) {
  EXPECT_EQ(parse(file_of(one("F32", "[]", "[0,4]") + "   ", "abcd")).tensors[0].size(), 1);
  EXPECT_EQ(parse(file_of(one("F32", "[0,5]", "[0,0]"), "")).tensors[0].size(), 0);
  EXPECT_TRUE(parse(file_of("{}", "")).tensors.empty());
}

TEST(Safetensors, HostileHeadersGetAnErrorNotACrash) {
  const std::string good = file_of(one("F32", "[1]", "[0,4]"), "abcd");
  ASSERT_EQ(refusal(good), "accepted");
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(refusal(good.substr(0, size)), "accepted") << "cut to " << size;
  EXPECT_THAT(refusal(good + "x"), HasSubstr("the file holds 5"));

  EXPECT_THAT(refusal(std::string(8, '\xff')), HasSubstr("does not fit a file of 8 bytes"));
  EXPECT_THAT(refusal(file_of("[]", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(file_of("{", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(file_of(std::string(100000, '['), "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(file_of(R"({"a":3})", "")), HasSubstr("'a' is not described"));
  EXPECT_THAT(refusal(file_of(R"({"a":{"shape":[],"data_offsets":[0,4]}})", "abcd")),
              HasSubstr("no dtype"));
  EXPECT_THAT(refusal(file_of(one("F8", "[4]", "[0,4]"), "abcd")), HasSubstr("got F8"));
  EXPECT_THAT(refusal(file_of(one("F32", "[-1]", "[0,4]"), "abcd")), HasSubstr("no shape"));
  EXPECT_THAT(refusal(file_of(one("F32", "[1.0]", "[0,4]"), "abcd")), HasSubstr("no shape"));
  EXPECT_THAT(refusal(file_of(one("F32", "[1]", "[4,0]"), "abcd")), HasSubstr("offsets"));
  EXPECT_THAT(refusal(file_of(one("F32", "[1]", "[0,4,8]"), "abcd")), HasSubstr("offsets"));
  EXPECT_THAT(refusal(file_of(one("F32", "[1]", "[0,18446744073709551615]"), "abcd")),
              HasSubstr("offsets"));
  EXPECT_THAT(refusal(file_of(one("F32", "[2]", "[0,4]"), "abcd")), HasSubstr("does not match"));
  // 2^62 * 4 overflows to 0 bytes, which must not pass as an empty tensor.
  EXPECT_THAT(refusal(file_of(one("F32", "[4611686018427387904,4]", "[0,0]"), "")),
              HasSubstr("does not match"));
  EXPECT_THAT(refusal(file_of(one("F32", "[2]", "[4,12]"), std::string(12, 'x'))),
              HasSubstr("leaves a hole"));
  EXPECT_THAT(refusal(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                              R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                              std::string(8, 'x'))),
              HasSubstr("overlaps"));
  EXPECT_THAT(refusal(file_of(R"({"__metadata__":{"a":1}})", "")), HasSubstr("__metadata__"));
}

TEST(Safetensors, NamesTheNearestTensorAndRefusesAnotherShape) {
  std::vector<float> a = {1, 2};
  SafetensorsWriter writer;
  writer.add("token_embedding.weight", Tensor(a.data(), DType::f32, {2}));
  const auto path = scratch("names.safetensors");
  writer.write(path);
  const SafetensorsReader reader(path);
  EXPECT_EQ(reader.find("wte"), nullptr);
  try {
    reader.named("token_embeding.weight");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("'token_embedding.weight'"));
  }
  std::vector<float> out(3);
  EXPECT_THROW(reader.read(reader.tensors()[0], Tensor(out.data(), DType::f32, {3})), DataError);
  EXPECT_THROW(reader.read_integers(reader.tensors()[0]), DataError);
}

}  // namespace
}  // namespace coldstart::io
