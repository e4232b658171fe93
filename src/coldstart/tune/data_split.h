// Three parts of a text: training, validation, and a test set that no choice looks at.
//
// Every choice of the autopilot is made on the validation text, so its loss there is the best of
// many, and flatters (playbook L1131-1147, ME-01). One twentieth of the blocks are set aside first;
// what is left is split into training and validation text as by `data prepare`.
//   DIR/data/text   train.bin and val.bin          DIR/data/test   val.bin is the test set
// Bytes are the tokens. Test: tests/tune/data_split_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace coldstart::tune {

inline constexpr double kTestShare = 0.05, kValShare = 0.05;
inline constexpr uint64_t kTestSeed = 2;  // another draw of blocks than the validation split's

struct SplitText {
  int64_t train_tokens = 0, val_tokens = 0, test_tokens = 0;
  double unigram_nats = 0;  // entropy of the training bytes: what a model has to get below
};

// Writes both datasets, unless they are there from before. ConfigError for prepared data: its
// parts are fixed, and there are two of them. DataError as for preparing.
SplitText split_text(const std::string& text, const std::filesystem::path& data,
                     const std::filesystem::path& test);

// Sizes alone, without writing anything.
SplitText plan_split(const std::string& text);

}  // namespace coldstart::tune
