// open_labelled: which files a path means. Declared in labelled_set.h.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/random.h"
#include "coldstart/data/labelled_set.h"
#include "coldstart/data/permutation.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

using Format = LabelledSet::Format;
using SharedSet = std::shared_ptr<const LabelledSet>;

constexpr const char* kCifarTest = "test_batch.bin";

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// "x_train.bin" -> "x_val.bin"; empty when the name does not say "train".
fs::path validation_beside(const fs::path& train) {
  std::string name = train.filename().string();
  const size_t at = name.rfind("train");
  if (at == std::string::npos) return {};
  return train.parent_path() / name.replace(at, 5, "val");
}

SharedSet open_set(const std::vector<fs::path>& files, Format format) {
  return std::make_shared<LabelledSet>(files, format);
}

std::unique_ptr<LabelledData> open_cifar10(const fs::path& directory) {
  std::vector<fs::path> batches;
  for (int i = 1; is_file(directory / fmt::format("data_batch_{}.bin", i)); ++i)
    batches.push_back(directory / fmt::format("data_batch_{}.bin", i));
  if (batches.empty())
    throw DataError(directory.string(), "there is no data_batch_1.bin beside test_batch.bin",
                    "unpack the whole binary version of CIFAR-10 there");
  return std::make_unique<LabelledData>(open_set(batches, Format::cifar10),
                                        open_set({directory / kCifarTest}, Format::cifar10));
}

std::unique_ptr<LabelledData> hold_out_of(const fs::path& file, const HoldOut& options) {
  const SharedSet all = open_set({file}, Format::own);
  const int64_t n = all->size();
  const auto held =
      static_cast<int64_t>(std::llround(options.val_fraction * static_cast<double>(n)));
  if (held < 1 || held >= n)
    throw DataError(file.string(),
                    fmt::format("{} of its {} examples would be held out for validation", held, n),
                    "choose another data.val_fraction, or put NAME_val.bin beside NAME_train.bin");
  const Permutation order(n, Rng(options.seed, Stream::data_split));
  std::vector<int64_t> val, train;
  for (int64_t i = 0; i < n; ++i) (i < held ? val : train).push_back(order(i));
  std::ranges::sort(val);
  std::ranges::sort(train);
  return std::make_unique<LabelledData>(std::make_shared<LabelledSet>(all, std::move(train)),
                                        std::make_shared<LabelledSet>(all, std::move(val)));
}

}  // namespace

bool names_labelled(const fs::path& path) {
  if (is_file(path)) return looks_like_labelled(MappedFile(path).bytes());
  return is_file(path / kCifarTest) ||
         (is_file(path / "train.bin") && names_labelled(path / "train.bin"));
}

std::unique_ptr<LabelledData> open_labelled(const fs::path& path, const HoldOut& hold_out) {
  if (is_file(path / kCifarTest)) return open_cifar10(path);
  const fs::path train = is_file(path / "train.bin") ? path / "train.bin" : path;
  if (!is_file(train))
    throw DataError(path.string(), "there are no labelled examples",
                    "a classifier takes builtin:files, a file of labelled examples, a directory "
                    "with train.bin and val.bin, or CIFAR-10's binary version");
  const fs::path beside = validation_beside(train);
  if (!beside.empty() && is_file(beside))
    return std::make_unique<LabelledData>(open_set({train}, Format::own),
                                          open_set({beside}, Format::own));
  return hold_out_of(train, hold_out);
}

}  // namespace coldstart::data
