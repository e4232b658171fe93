// Source: what a run trains on and is evaluated on, whatever it is made of: tokens of text
// (dataset.h) or labelled examples (labelled_set.h).
//
// All of it comes as numbered sequences of T tokens with their targets. Which sequences number s
// holds is a pure function of the data and the settings, so a run continues by its number alone.
// Tests: tests/data/dataset_test.cpp, tests/data/labelled_set_test.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/data/tokenizer.h"

namespace coldstart::data {

// Training sequences without end.
class Loader {
 public:
  virtual ~Loader() = default;
  // Sequences [first, first + B) as (B, T) tokens and (B, targets of a sequence) targets.
  virtual void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const = 0;
};

// Training sequences without end, of which only a share is open, by their difficulty.
class GradedLoader {
 public:
  virtual ~GradedLoader() = default;
  // As of a loader, at an open share in (0, 1]; a pure function of all three numbers.
  virtual void fill(int64_t first, double share, std::span<int32_t> tokens,
                    std::span<int32_t> targets) = 0;
  virtual std::string checksum() const = 0;  // of the difficulties
};

// A fixed set of sequences, the same at every evaluation.
class EvalSource {
 public:
  virtual ~EvalSource() = default;
  virtual int64_t sequences() const = 0;
  virtual int64_t predicted_tokens() const = 0;  // targets other than kNoTarget
  // As of a loader; rows past the end are all padding, with targets kNoTarget.
  virtual void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const = 0;
};

enum class Split : uint8_t { train, validation };

// What a model has to know of the data before it is built.
struct Facts {
  int64_t vocab = 256;          // every token is below it
  int64_t training_tokens = 0;  // 0: unknown
  // Of labelled examples; 0: text.
  int64_t classes = 0;
  int64_t example_length = 0;  // numbers each
  bool symbols = true;         // bytes, whose order means nothing; false: pixels
};

class Source {
 public:
  virtual ~Source() = default;

  virtual Facts facts() const = 0;
  virtual std::string describe() const = 0;  // "4.2M training and 0.2M validation tokens, bytes"

  // Of sequences of T tokens. DataError when there is not one. They look into the source, which
  // must outlive them.
  virtual std::unique_ptr<Loader> loader(int64_t T, uint64_t seed) const = 0;
  // The easiest sequences open first, or the hardest. DataError where nothing says which they are.
  virtual std::unique_ptr<GradedLoader> graded_loader(int64_t /*T*/, uint64_t /*seed*/,
                                                      bool /*hardest_first*/) const {
    throw DataError("data", "nothing says which sequences of this data are easy",
                    "take order.curriculum = shuffled, or text prepared by coldstart data prepare");
  }
  // max_tokens: rounded up to whole sequences; 0 = all.
  virtual std::unique_ptr<EvalSource> eval_source(Split split, int64_t T,
                                                  int64_t max_tokens) const = 0;

  // Names of the classes of labelled examples; none: it is text.
  virtual std::vector<std::string> classes() const { return {}; }

  std::shared_ptr<const Tokenizer> tokenizer;  // null when the data brings none
  std::string id;                              // hash of all that a run can see of it
};

}  // namespace coldstart::data
