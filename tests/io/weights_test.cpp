// Reading and writing weights under foreign names, held against the golden files, which have the
// names and layouts of Hugging Face transformers.
#include "coldstart/io/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>

#include "tests/data/temp_dir.h"
#include "tests/golden/golden.h"

namespace coldstart::io {
namespace {

using testing::HasSubstr;

ParamList params_of(const model::GptConfig& config) {
  return ParamList(model::param_specs(config), DType::f32);
}

struct Stored {
  std::vector<int64_t> shape;
  std::vector<float> values;
};
using File = std::map<std::string, Stored>;

File weights_of(const std::string& golden_name) {
  const SafetensorsReader reader(golden::path(golden_name + ".safetensors"));
  File file;
  for (const StoredTensor& t : reader.tensors()) {
    if (t.type != StoredType::f32) continue;
    Stored& s = file[t.name] = {t.shape, std::vector<float>(static_cast<size_t>(t.size()))};
    reader.read(t, Tensor(s.values.data(), DType::f32, {t.size()}));
  }
  return file;
}

// The golden file after a change, imported into the model of `config`.
void import_changed(const std::string& golden_name, const model::GptConfig& config,
                    const std::function<void(File&)>& change) {
  File file = weights_of(golden_name);
  change(file);
  SafetensorsWriter writer;
  for (auto& [name, s] : file) writer.add(name, Tensor(s.values.data(), DType::f32, s.shape));
  const data::TempDir dir;
  const std::string path = dir / "changed.safetensors";
  writer.write(path);
  ParamList params = params_of(config);
  import_weights(SafetensorsReader(path), path, params);
}

std::string error_of(const std::string& golden_name, const model::GptConfig& config,
                     const std::function<void(File&)>& change) {
  try {
    import_changed(golden_name, config, change);
  } catch (const DataError& error) {
    return error.message();
  }
  return "no error";
}

TEST(Weights, Gpt2IsSplitAndTransposedAsItsNamesSay) {
  File file = weights_of("gpt2_bias");
  ParamList params = params_of(golden::config("gpt2_bias"));
  const auto path = golden::path("gpt2_bias.safetensors");
  EXPECT_EQ(import_weights(SafetensorsReader(path), path.string(), params), Naming::gpt2);
  const Stored& c_attn = file["transformer.h.1.attn.c_attn.weight"];  // (in = C, out = 3C)
  const int64_t C = 16, out = 5, in = 7;
  const Tensor k = params.named("h.1.attn.k.weight").weight;
  EXPECT_EQ(k.at(out * C + in),
            static_cast<double>(c_attn.values[static_cast<size_t>(in * 3 * C + C + out)]));
  const Tensor v = params.named("h.1.attn.v.bias").weight;
  EXPECT_EQ(v.at(3), static_cast<double>(
                         file["transformer.h.1.attn.c_attn.bias"].values[size_t{2 * C + 3}]));
  const Tensor wte = params.named("token_embedding.weight").weight;
  EXPECT_EQ(0, std::memcmp(wte.raw(), file["transformer.wte.weight"].values.data(),
                           static_cast<size_t>(wte.bytes())));
}

TEST(Weights, ExportGivesBackTheForeignFile) {
  for (const char* name : {"gpt2_bias", "gpt2", "llama"}) {
    File file = weights_of(name);
    ParamList params = params_of(golden::config(name));
    const auto path = golden::path(std::string(name) + ".safetensors");
    const Naming naming = import_weights(SafetensorsReader(path), path.string(), params);
    EXPECT_EQ(naming, hf_naming(params));
    const ForeignTensors foreign(params, Which::weights, naming);
    ASSERT_EQ(foreign.tensors().size(), file.size());
    for (const ForeignTensors::Named& t : foreign.tensors()) {
      ASSERT_TRUE(file.contains(t.name)) << t.name;
      EXPECT_TRUE(std::ranges::equal(t.tensor.shape(), file[t.name].shape)) << t.name;
      EXPECT_TRUE(std::ranges::equal(t.tensor.span<float>(), file[t.name].values)) << t.name;
    }
  }
}

TEST(Weights, OwnNamesMakeARoundTrip) {
  ParamList params = params_of(golden::config("llama")), again = params_of(golden::config("llama"));
  for (int64_t i = 0; i < params.weights().size(); ++i) {
    params.weights().f32()[i] = static_cast<float>(i);
  }
  SafetensorsWriter writer;
  const ForeignTensors own(params, Which::weights, Naming::own);
  own.add_to(writer);
  const data::TempDir dir;
  writer.write(dir / "own.safetensors");
  EXPECT_EQ(import_weights(SafetensorsReader(dir / "own.safetensors"), "own", again), Naming::own);
  for (size_t i = 0; i < params.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(params[i].weight.span<float>(), again[i].weight.span<float>()))
        << params[i].name;
  }
}

TEST(Weights, ThePrefixOfGpt2MayBeLeftOut) {
  EXPECT_NO_THROW(import_changed("gpt2_bias", golden::config("gpt2_bias"), [](File& file) {
    File bare;
    for (auto& [name, s] : file) bare[name.substr(std::strlen("transformer."))] = s;
    file = bare;
  }));
}

TEST(Weights, MasksZeroBiasesAndACopyOfATiedHeadPass) {
  EXPECT_NO_THROW(import_changed("gpt2", golden::config("gpt2"), [](File& file) {
    file["transformer.h.0.attn.bias"] = {{1, 1, 10, 10}, std::vector<float>(100, 1.0f)};
    file["transformer.h.0.attn.masked_bias"] = {{1}, {-1e4f}};
    file["transformer.h.0.mlp.c_fc.bias"] = {{48}, std::vector<float>(48, 0.0f)};
    file["lm_head.weight"] = file["transformer.wte.weight"];
  }));
}

TEST(Weights, AMissingTensorNamesTheNearest) {
  const std::string error = error_of("gpt2_bias", golden::config("gpt2_bias"), [](File& file) {
    auto node = file.extract("transformer.h.1.mlp.c_fc.weight");
    node.key() = "transformer.h.1.mlp.c_fcc.weight";
    file.insert(std::move(node));
  });
  EXPECT_THAT(error, HasSubstr("'transformer.h.1.mlp.c_fc.weight' is missing"));
  EXPECT_THAT(error, HasSubstr("nearest name in the file is 'transformer.h.1.mlp.c_fcc.weight'"));
}

TEST(Weights, AWrongShapeSaysBothShapes) {
  const std::string error = error_of("gpt2_bias", golden::config("gpt2_bias"), [](File& file) {
    std::swap(file["transformer.h.0.mlp.c_fc.weight"].shape[0],
              file["transformer.h.0.mlp.c_fc.weight"].shape[1]);
  });
  EXPECT_THAT(error, HasSubstr("got (64, 16), expected (16, 64)"));
}

TEST(Weights, WhatHasNoPlaceInTheModelIsAnError) {
  const auto config = golden::config("gpt2");
  EXPECT_THAT(error_of("gpt2", config,
                       [](File& file) {
                         file["transformer.h.2.ln_1.weight"] = {{1}, {1.0f}};
                       }),
              HasSubstr("'transformer.h.2.ln_1.weight' has no place in the model"));
  EXPECT_THAT(error_of("gpt2", config,
                       [](File& file) {
                         file["transformer.ln_f.bias"] = {{2}, {0.0f, 1.0f}};
                       }),
              HasSubstr("model.bias = true"));
  EXPECT_THAT(error_of("gpt2", config,
                       [](File& file) {
                         Stored head = file["transformer.wte.weight"];
                         head.values[3] += 1;
                         file["lm_head.weight"] = head;
                       }),
              HasSubstr("model.tied_head = false"));
}

TEST(Weights, AFileOfAnotherFamilyIsAnErrorAndChangesNothing) {
  ParamList params = params_of(golden::config("gpt2"));
  const auto path = golden::path("adamw.safetensors");
  EXPECT_THROW(import_weights(SafetensorsReader(path), path.string(), params), DataError);
  // The first tensors of this file fit, a later one does not: no weight may have been touched.
  model::GptConfig wide = golden::config("gpt2_bias");
  wide.F = 65;
  ParamList other = params_of(wide);
  const auto golden_path = golden::path("gpt2_bias.safetensors");
  EXPECT_THROW(import_weights(SafetensorsReader(golden_path), "file", other), DataError);
  for (const float w : other.weights().span<float>()) ASSERT_EQ(w, 0.0f);
}

TEST(Weights, AModelOutsideAFamilyCannotTakeItsNames) {
  model::GptConfig config = golden::config("llama");
  config.position = model::Position::learned;
  EXPECT_THROW(ForeignTensors(params_of(config), Which::weights, Naming::llama), ConfigError);
}

}  // namespace
}  // namespace coldstart::io
