// LabelledData: byte windows or images with their classes, what a classifier trains on.
//
// Sequence s of a run is example permutation(epoch)(s mod n), epoch = s / n, of the n training
// examples: a pure function of (seed, s), as of text (loader.h). An evaluation takes the same
// examples, spread evenly, every time. Test: tests/data/labelled_set_test.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "coldstart/core/files.h"
#include "coldstart/data/labelled_format.h"
#include "coldstart/data/source.h"

namespace coldstart::data {

// Examples of one or more files, as one list.
class LabelledSet {
 public:
  enum class Format : uint8_t { own, cifar10 };

  // DataError when a file is not sound, or the files do not fit together.
  LabelledSet(const std::vector<std::filesystem::path>& files, Format format);
  // Every example that `chosen` lists, of another set that is kept alive.
  LabelledSet(std::shared_ptr<const LabelledSet> all, std::vector<int64_t> chosen);

  const ExampleShape& shape() const { return shape_; }
  const std::vector<std::string>& names() const { return names_; }
  int64_t size() const { return size_; }
  uint64_t checksum() const { return checksum_; }

  int32_t label(int64_t i) const;
  void read(int64_t i, std::span<int32_t> values) const;

 private:
  std::pair<const LabelledView*, int64_t> place_of(int64_t i) const;

  ExampleShape shape_;
  std::vector<std::string> names_;
  int64_t size_ = 0;
  uint64_t checksum_ = 0;
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<LabelledView> views_;
  std::shared_ptr<const LabelledSet> all_;
  std::vector<int64_t> chosen_;
};

// The names of the classes, "0", "1", ... where they have none.
std::vector<std::string> class_names(const LabelledSet& set);

class LabelledData : public Source {
 public:
  // DataError when the two do not have the same shape and classes.
  LabelledData(std::shared_ptr<const LabelledSet> train, std::shared_ptr<const LabelledSet> val);

  Facts facts() const override;
  std::string describe() const override;
  std::unique_ptr<Loader> loader(int64_t T, uint64_t seed) const override;
  std::unique_ptr<EvalSource> eval_source(Split split, int64_t T,
                                          int64_t max_tokens) const override;
  std::vector<std::string> classes() const override { return class_names(*train_); }

  const LabelledSet& train() const { return *train_; }
  const LabelledSet& val() const { return *val_; }

 private:
  std::shared_ptr<const LabelledSet> train_, val_;
};

struct HoldOut {
  double val_fraction = 0.05;
  uint64_t seed = 0;
};

// `path` is one of
//   a directory with train.bin and val.bin, or NAME_train.bin with NAME_val.bin beside it
//   a file of labelled examples: round(val_fraction n) of its examples are held out
//   a directory of CIFAR-10's binary version: data_batch_1.bin to 5, test_batch.bin
// DataError with a hint for anything else.
std::unique_ptr<LabelledData> open_labelled(const std::filesystem::path& path,
                                            const HoldOut& hold_out);

// Whether open_labelled could mean something by it, by names and magic number alone.
bool names_labelled(const std::filesystem::path& path);

}  // namespace coldstart::data
