#include "coldstart/io/weights.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "coldstart/core/text.h"

namespace coldstart::io {

namespace {

constexpr std::string_view kPrefix = "transformer.";  // left out by GPT2Model

// Parameters [first, first + count) that one tensor of a file holds, stacked along the output axis.
struct Group {
  std::string name;
  size_t first = 0, count = 0;
  bool transposed = false;
  std::vector<int64_t> shape;  // as stored
};

std::vector<Group> groups_of(const ParamList& params, Naming naming) {
  std::vector<Group> groups;
  for (size_t i = 0; i < params.size(); ++i) {
    const Param& p = params[i];
    std::string name = foreign_name(p.name, naming);
    if (name.empty()) {
      throw ConfigError("weights",
                        fmt::format("'{}' has no place in a Hugging Face {} model", p.name,
                                    naming == Naming::gpt2 ? "GPT-2" : "LLaMA"),
                        "use our own names");
    }
    const int64_t outputs = p.is_matrix() ? p.rows() : p.cols();
    if (!groups.empty() && groups.back().name == name) {
      Group& group = groups.back();
      group.count += 1;
      group.shape[group.transposed ? 1 : 0] += outputs;
      continue;
    }
    const bool transposed = p.is_matrix() && is_stored_transposed(p.name, naming);
    std::vector<int64_t> shape{outputs};
    if (p.is_matrix()) shape.insert(transposed ? shape.begin() : shape.end(), p.cols());
    groups.push_back({std::move(name), i, 1, transposed, std::move(shape)});
  }
  return groups;
}

template <class T>
void transpose(const T* from, int64_t rows, int64_t cols, T* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; ++c) to[c * rows + r] = from[r * cols + c];
  }
}

// from (rows, cols) -> to (cols, rows)
void transpose(Tensor from, Tensor to) {
  if (from.dtype() == DType::f32) {
    transpose(from.data<float>(), from.dim(0), from.dim(1), to.data<float>());
  } else {
    transpose(from.data<double>(), from.dim(0), from.dim(1), to.data<double>());
  }
}

std::string shape_text(const std::vector<int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

class Import {
 public:
  Import(const SafetensorsReader& file, std::string_view source, ParamList& params)
      : file_(file), source_(source), params_(params) {}

  Naming run() {
    const Naming naming = detect();
    const std::vector<Group> groups = groups_of(params_, naming);
    for (const Group& group : groups) expected_.insert(in_file(group.name));
    std::vector<const StoredTensor*> stored;
    for (const Group& group : groups) stored.push_back(&checked(group));
    check_rest(in_file(groups[0].name));
    for (size_t i = 0; i < groups.size(); ++i) read(groups[i], *stored[i]);
    return naming;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const {
    throw DataError(source_, what, hint);
  }

  // The names that stand in the file: without the prefix when the file leaves it out.
  std::string in_file(std::string_view name) const {
    return std::string(no_prefix_ && name.starts_with(kPrefix) ? name.substr(kPrefix.size())
                                                               : name);
  }

  // The nearest name in the file that is no parameter's own.
  std::string nearest(std::string_view name) const {
    std::vector<std::string> names;
    for (const StoredTensor& t : file_.tensors()) {
      if (!expected_.contains(t.name)) names.push_back(t.name);
    }
    return nearest_name(name, names);
  }

  Naming detect() {
    for (const Naming naming : {Naming::own, Naming::gpt2, Naming::llama}) {
      const std::string name = foreign_name("token_embedding.weight", naming);
      if (file_.find(name)) return naming;
      if (naming == Naming::gpt2 && file_.find(name.substr(kPrefix.size()))) {
        no_prefix_ = true;
        return naming;
      }
    }
    const std::string similar = nearest("token_embedding.weight");
    fail(fmt::format("no token embedding; got {} tensors, expected 'token_embedding.weight', "
                     "'transformer.wte.weight' (GPT-2) or 'model.embed_tokens.weight' (LLaMA)",
                     file_.tensors().size()),
         similar.empty() ? "the file holds no GPT weights that this program knows"
                         : fmt::format("the nearest name in the file is '{}'", similar));
  }

  const StoredTensor& checked(const Group& group) const {
    const std::string name = in_file(group.name);
    const StoredTensor* stored = file_.find(name);
    const std::string& own = params_[group.first].name;
    if (!stored) {
      const std::string similar = nearest(name);
      fail(fmt::format("tensor '{}' is missing", name),
           own == "head.weight"     ? "a file without a head has a tied one: model.tied_head = true"
           : own.ends_with(".bias") ? "a file without biases needs model.bias = false"
           : similar.empty()        ? "does the configuration fit the weights?"
                                    : fmt::format("the nearest name in the file is '{}'; does the "
                                                         "configuration fit the weights?",
                                                  similar));
    }
    if (stored->is_integer()) fail(fmt::format("tensor '{}' holds integers", name), "");
    if (stored->shape != group.shape) {
      fail(fmt::format("tensor '{}' has the wrong shape; got {}, expected {}", name,
                       shape_text(stored->shape), shape_text(group.shape)),
           "the shapes follow from the [model] table of the configuration");
    }
    return *stored;
  }

  // What is in the file and in no parameter must be harmless.
  void check_rest(const std::string& embedding) const {
    for (const StoredTensor& t : file_.tensors()) {
      if (expected_.contains(t.name) || is_ignored(t.name)) continue;
      if (t.name.ends_with(".bias")) {
        if (is_zero(t)) continue;
        fail(fmt::format("bias '{}' has no place in the model and is not zero", t.name),
             "set model.bias = true");
      }
      if (t.name == "lm_head.weight" || t.name == "head.weight") {
        if (equals_embedding(t, embedding)) continue;
        fail(fmt::format("the file has a head of its own, '{}'", t.name),
             "set model.tied_head = false");
      }
      const std::string similar =
          nearest_name(t.name, std::vector<std::string>(expected_.begin(), expected_.end()));
      fail(fmt::format("tensor '{}' has no place in the model", t.name),
           similar.empty() ? "does the configuration fit the weights?"
                           : fmt::format("the nearest name in the model is '{}'", similar));
    }
  }

  bool is_zero(const StoredTensor& t) const {
    return std::ranges::all_of(file_.bytes(t), [](std::byte b) { return b == std::byte{}; });
  }

  bool equals_embedding(const StoredTensor& t, const std::string& embedding) const {
    const StoredTensor& e = file_.named(embedding);
    return t.type == e.type && t.shape == e.shape &&
           std::ranges::equal(file_.bytes(t), file_.bytes(e));
  }

  // Parameters of a group stand side by side in memory, as the tensor does once transposed back.
  void read(const Group& group, const StoredTensor& stored) {
    const Tensor target = params_.fused_weight(group.first, group.count);
    if (!group.transposed) return file_.read(stored, target);
    Arena arena(target.bytes());
    const Tensor as_stored = arena.allocate(params_.dtype(), {target.dim(1), target.dim(0)});
    file_.read(stored, as_stored);
    transpose(as_stored, target);
  }

  const SafetensorsReader& file_;
  std::string source_;
  ParamList& params_;
  bool no_prefix_ = false;
  std::set<std::string> expected_;  // names of the parameters, as they stand in the file
};

}  // namespace

Naming import_weights(const SafetensorsReader& file, std::string_view source, ParamList& params) {
  return Import(file, source, params).run();
}

int64_t stored_vocab(const SafetensorsReader& file) {
  for (const Naming naming : {Naming::own, Naming::gpt2, Naming::llama}) {
    const std::string name = foreign_name("token_embedding.weight", naming);
    const StoredTensor* stored = file.find(name);
    if (!stored && name.starts_with(kPrefix)) stored = file.find(name.substr(kPrefix.size()));
    if (stored && stored->shape.size() == 2) return stored->shape[0];
  }
  return 0;
}

Naming hf_naming(const ParamList& params) {
  return params.index_of("position_embedding.weight") >= 0 ? Naming::gpt2 : Naming::llama;
}

ForeignTensors::ForeignTensors(const ParamList& params, Which which, Naming naming) {
  for (const Group& group : groups_of(params, naming)) {
    Tensor tensor = which == Which::weights ? params.fused_weight(group.first, group.count)
                                            : params.fused_grad(group.first, group.count);
    if (group.transposed) {
      Arena& arena = memory_.emplace_back(tensor.bytes());
      const Tensor turned = arena.allocate(params.dtype(), {tensor.dim(1), tensor.dim(0)});
      transpose(tensor, turned);
      tensor = turned;
    }
    tensors_.push_back({group.name, tensor});
  }
}

void ForeignTensors::add_to(SafetensorsWriter& writer, std::string_view prefix) const {
  for (const Named& named : tensors_) writer.add(std::string(prefix) + named.name, named.tensor);
}

}  // namespace coldstart::io
