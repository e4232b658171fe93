#include "coldstart/data/labelled_set.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "coldstart/core/error.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/random.h"
#include "coldstart/core/text.h"
#include "coldstart/data/permutation.h"
#include "coldstart/data/windows.h"

namespace coldstart::data {

namespace {

void require_length(const LabelledSet& set, int64_t T) {
  if (T == set.shape().values()) return;
  throw ConfigError(
      "model.context",
      fmt::format("an example has {} values; got a context of {}", set.shape().values(), T),
      "leave model.context out: the data decides");
}

class LabelledLoader : public Loader {
 public:
  LabelledLoader(const LabelledSet& set, uint64_t seed) : set_(set), seed_(seed) {}

  void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const override {
    const int64_t T = set_.shape().values(), n = set_.size();
    for (size_t b = 0; b < targets.size(); ++b) {
      const int64_t s = first + static_cast<int64_t>(b);
      const Rng rng(seed_, Stream::data_order, narrow<uint32_t>(s / n));
      const int64_t i = Permutation(n, rng)(s % n);
      set_.read(i, tokens.subspan(b * static_cast<size_t>(T), static_cast<size_t>(T)));
      targets[b] = set_.label(i);
    }
  }

 private:
  const LabelledSet& set_;
  uint64_t seed_;
};

class LabelledEval : public EvalSource {
 public:
  LabelledEval(const LabelledSet& set, int64_t examples) : set_(set), chosen_(examples) {}

  int64_t sequences() const override { return chosen_; }
  int64_t predicted_tokens() const override { return chosen_; }
  void fill(int64_t first, std::span<int32_t> tokens, std::span<int32_t> targets) const override {
    const auto T = static_cast<size_t>(set_.shape().values());
    for (size_t b = 0; b < targets.size(); ++b) {
      const int64_t s = first + static_cast<int64_t>(b);
      const auto values = tokens.subspan(b * T, T);
      if (s >= chosen_) {
        std::ranges::fill(values, 0);
        targets[b] = kNoTarget;
        continue;
      }
      // floor(s * size / chosen), cut in two so that the product cannot overflow
      const int64_t i = s * (set_.size() / chosen_) + s * (set_.size() % chosen_) / chosen_;
      set_.read(i, values);
      targets[b] = set_.label(i);
    }
  }

 private:
  const LabelledSet& set_;
  int64_t chosen_;
};

}  // namespace

LabelledSet::LabelledSet(const std::vector<std::filesystem::path>& files, Format format) {
  Hasher hasher;
  for (const auto& file : files) {
    files_.push_back(std::make_unique<MappedFile>(file));
    const auto bytes = files_.back()->bytes();
    views_.push_back(format == Format::own ? parse_labelled(bytes, file.string())
                                           : parse_cifar10(bytes, file.string()));
    const LabelledView& view = views_.back();
    if (&view == &views_.front()) {
      shape_ = view.shape;
      names_ = view.names;
    } else if (view.shape != shape_) {
      throw DataError(file.string(), "its examples have another shape than those of the first file",
                      "give files of one dataset");
    }
    size_ += view.count;
    hasher.add(view.checksum);
  }
  hasher.add(static_cast<uint64_t>(shape_.values())).add(static_cast<uint64_t>(shape_.classes));
  checksum_ = hasher.digest();
  if (size_ == 0)
    throw DataError(files.front().string(), "holds no example", "give one with examples");
}

LabelledSet::LabelledSet(std::shared_ptr<const LabelledSet> all, std::vector<int64_t> chosen)
    : shape_(all->shape()),
      names_(all->names()),
      size_(std::ssize(chosen)),
      all_(std::move(all)),
      chosen_(std::move(chosen)) {
  Hasher hasher;
  hasher.add(all_->checksum()).add(chosen_.data(), chosen_.size() * sizeof(int64_t));
  checksum_ = hasher.digest();
}

std::pair<const LabelledView*, int64_t> LabelledSet::place_of(int64_t i) const {
  for (const LabelledView& view : views_) {
    if (i < view.count) return {&view, i};
    i -= view.count;
  }
  COLDSTART_CHECK(false, "example beyond the end by {}", i);
}

int32_t LabelledSet::label(int64_t i) const {
  if (all_) return all_->label(chosen_.at(static_cast<size_t>(i)));
  const auto [view, at] = place_of(i);
  return view->label(at);
}

void LabelledSet::read(int64_t i, std::span<int32_t> values) const {
  if (all_) return all_->read(chosen_.at(static_cast<size_t>(i)), values);
  const auto [view, at] = place_of(i);
  view->read(at, values);
}

std::vector<std::string> class_names(const LabelledSet& set) {
  if (!set.names().empty()) return set.names();
  std::vector<std::string> names;
  for (int64_t c = 0; c < set.shape().classes; ++c) names.push_back(std::to_string(c));
  return names;
}

LabelledData::LabelledData(std::shared_ptr<const LabelledSet> train,
                           std::shared_ptr<const LabelledSet> val)
    : train_(std::move(train)), val_(std::move(val)) {
  if (train_->shape() != val_->shape())
    throw DataError("validation examples", "have another shape than the training examples",
                    "give two files of one dataset");
  id = hash_text(Hasher().add(train_->checksum()).add(val_->checksum()).digest());
}

Facts LabelledData::facts() const {
  const ExampleShape& shape = train_->shape();
  return {.vocab = 256,
          .training_tokens = train_->size() * shape.values(),
          .classes = shape.classes,
          .example_length = shape.values(),
          .symbols = shape.content == Content::symbols};
}

std::string LabelledData::describe() const {
  const ExampleShape& s = train_->shape();
  const std::string what =
      s.content == Content::symbols
          ? fmt::format("windows of {} bytes", s.values())
          : fmt::format("images of {} x {} x {}", s.channels, s.height, s.width);
  return fmt::format("{} training and {} validation {}, {} classes ({})",
                     human_count(static_cast<double>(train_->size())),
                     human_count(static_cast<double>(val_->size())), what, s.classes,
                     fmt::join(classes(), ", "));
}

std::unique_ptr<Loader> LabelledData::loader(int64_t T, uint64_t seed) const {
  require_length(*train_, T);
  return std::make_unique<LabelledLoader>(*train_, seed);
}

std::unique_ptr<EvalSource> LabelledData::eval_source(Split split, int64_t T,
                                                      int64_t max_tokens) const {
  const LabelledSet& set = split == Split::train ? *train_ : *val_;
  require_length(set, T);
  const int64_t wanted = max_tokens == 0 ? set.size() : div_up(max_tokens, T);
  return std::make_unique<LabelledEval>(set, std::min(set.size(), wanted));
}

}  // namespace coldstart::data
