#include "coldstart/trace/layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "coldstart/core/text.h"
#include "coldstart/io/hf_names.h"
#include "coldstart/io/toml.h"

namespace coldstart::trace {

namespace {

struct OwnName {
  std::string_view name;  // behind "h.<layer>." where it stands in a block
  Role role;
};

constexpr std::array kOutsideBlocks = {
    OwnName{"token_embedding.weight", Role::token_embedding},
    OwnName{"position_embedding.weight", Role::position_embedding},
    OwnName{"norm_f.gain", Role::norm_gain},
    OwnName{"norm_f.bias", Role::norm_bias},
    OwnName{"head.weight", Role::head},
};
constexpr std::array kInBlock = {
    OwnName{"norm1.gain", Role::norm_gain},
    OwnName{"norm1.bias", Role::norm_bias},
    OwnName{"attn.q.weight", Role::attention_query},
    OwnName{"attn.k.weight", Role::attention_key},
    OwnName{"attn.v.weight", Role::attention_value},
    OwnName{"attn.q.bias", Role::linear_bias},
    OwnName{"attn.k.bias", Role::linear_bias},
    OwnName{"attn.v.bias", Role::linear_bias},
    OwnName{"attn.out.weight", Role::attention_output},
    OwnName{"attn.out.bias", Role::linear_bias},
    OwnName{"norm2.gain", Role::norm_gain},
    OwnName{"norm2.bias", Role::norm_bias},
    OwnName{"mlp.gate.weight", Role::mlp_gate},
    OwnName{"mlp.gate.bias", Role::linear_bias},
    OwnName{"mlp.in.weight", Role::mlp_in},
    OwnName{"mlp.in.bias", Role::linear_bias},
    OwnName{"mlp.out.weight", Role::mlp_out},
    OwnName{"mlp.out.bias", Role::linear_bias},
};

constexpr auto kLastRole = static_cast<size_t>(Role::linear_bias);

std::vector<std::string> role_names() {
  std::vector<std::string> names;
  for (size_t i = 0; i <= kLastRole; ++i) names.emplace_back(role_name(static_cast<Role>(i)));
  return names;
}

// What a name says: one part, or the several that Hugging Face keeps in one tensor.
struct Known {
  std::vector<OwnName> parts;
  int layer = -1;
  bool transposed = false;
};

// The digits behind "h." or "layers.", if there are any.
std::optional<std::string> layer_in(std::string_view name) {
  for (const std::string_view mark : {"layers.", "h."}) {
    const size_t at = name.find(mark);
    if (at == std::string_view::npos || (at > 0 && name[at - 1] != '.')) continue;
    const size_t begin = at + mark.size(), end = name.find('.', begin);
    const std::string digits(name.substr(begin, end - begin));
    if (parse_int(digits)) return digits;
  }
  return std::nullopt;
}

bool is_name(const std::string& foreign, std::string_view name) {
  constexpr std::string_view kPrefix = "transformer.";
  if (foreign.empty()) return false;
  return foreign == name ||
         (foreign.starts_with(kPrefix) && foreign.substr(kPrefix.size()) == name);
}

Known known_name(std::string_view name) {
  const std::optional<std::string> layer = layer_in(name);
  for (const io::Naming naming : {io::Naming::own, io::Naming::gpt2, io::Naming::llama}) {
    Known known;
    const auto consider = [&](const OwnName& candidate, const std::string& own) {
      if (!is_name(io::foreign_name(own, naming), name)) return;
      known.parts.push_back(candidate);
      known.transposed = io::is_stored_transposed(own, naming);
    };
    if (layer) {
      known.layer = static_cast<int>(*parse_int(*layer));
      for (const OwnName& candidate : kInBlock)
        consider(candidate, fmt::format("h.{}.{}", *layer, candidate.name));
    } else {
      for (const OwnName& candidate : kOutsideBlocks)
        consider(candidate, std::string(candidate.name));
    }
    if (!known.parts.empty()) return known;
  }
  return {};
}

Known known_or_by_shape(const io::StoredTensor& tensor, const RoleMap& roles) {
  const bool matrix = tensor.shape.size() == 2;
  Known known = known_name(tensor.name);
  if (known.parts.empty())
    known.parts.push_back({tensor.name, matrix ? Role::mlp_in : Role::norm_gain});
  if (const auto given = roles.find(tensor.name); given != roles.end()) {
    for (OwnName& part : known.parts) part.role = given->second;
  }
  known.transposed = known.transposed && matrix;
  return known;
}

void require_float(const io::StoredTensor& tensor, DType dtype, std::string_view source) {
  const auto wanted = dtype == DType::f32 ? io::StoredType::f32 : io::StoredType::f64;
  if (tensor.type == wanted) return;
  throw DataError(source,
                  fmt::format("tensor {} holds {}, expected {} as the first one", tensor.name,
                              io::stored_type_name(tensor.type), io::stored_type_name(wanted)),
                  "all weights are F32, or all are F64, which chooses the precision of the trace");
}

Tensor side_of(const Param& param, TraceSide side) {
  return side == TraceSide::weights ? param.weight : param.grad;
}

// fn(position in the file, param, position in the param) for every number.
template <class Fn>
void for_each_number(const TraceTensor& tensor, const ParamList& params, Fn&& fn) {
  int64_t row = 0;
  const int64_t outputs = tensor.transposed ? tensor.shape.back() : 0;
  for (size_t k = tensor.first_param; k < tensor.first_param + tensor.params; ++k) {
    const Param& param = params[k];
    const int64_t rows = param.is_matrix() ? param.rows() : param.cols();
    const int64_t cols = param.is_matrix() ? param.cols() : 1;
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < cols; ++c) {
        const int64_t at = tensor.transposed ? c * outputs + row + r : (row + r) * cols + c;
        fn(static_cast<size_t>(at), param, r * cols + c);
      }
    }
    row += rows;
  }
}

}  // namespace

RoleMap read_roles(std::string_view toml, std::string_view source) {
  RoleMap roles;
  const std::vector<std::string> names = role_names();
  for (const Setting& setting : io::parse_toml(toml, source)) {
    const std::string word = value_text(setting.value);
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) {
      const std::string nearest = nearest_name(word, names);
      throw ConfigError(
          setting.where,
          fmt::format("'{}' is no role; expected one of {}", word, fmt::join(names, ", ")),
          nearest.empty() ? "a line reads: \"name\" = \"role\""
                          : fmt::format("did you mean '{}'?", nearest));
    }
    roles[setting.name()] = static_cast<Role>(found - names.begin());
  }
  return roles;
}

TraceLayout lay_out_trace(const io::SafetensorsReader& weights, std::string_view source,
                          const RoleMap& roles) {
  TraceLayout layout;
  std::vector<std::string> names;
  for (const io::StoredTensor& stored : weights.tensors()) {
    if (io::is_ignored(stored.name)) continue;
    names.push_back(stored.name);
    if (layout.tensors.empty() && stored.type == io::StoredType::f64) layout.dtype = DType::f64;
    require_float(stored, layout.dtype, source);
    const size_t rank = stored.shape.size();
    if (rank < 1 || rank > 2 || stored.size() == 0) {
      throw DataError(source,
                      fmt::format("tensor {} has shape ({}), expected a vector or a matrix",
                                  stored.name, fmt::join(stored.shape, ", ")),
                      "");
    }
    const Known known = known_or_by_shape(stored, roles);
    TraceTensor tensor{.name = stored.name,
                       .shape = stored.shape,
                       .transposed = known.transposed,
                       .first_param = layout.specs.size(),
                       .params = known.parts.size()};
    const bool matrix = rank == 2;
    const int64_t outputs = known.transposed ? stored.shape[1] : stored.shape[0];
    const auto parts = static_cast<int64_t>(known.parts.size());
    if (outputs % parts != 0) {
      throw DataError(source,
                      fmt::format("tensor {} is {} parts in one; its {} outputs do not divide",
                                  stored.name, parts, outputs),
                      "");
    }
    for (const OwnName& part : known.parts) {
      const std::string_view letter = part.name.substr(part.name.find('.') + 1, 1);
      layout.specs.push_back(
          {.name = parts == 1 ? stored.name : fmt::format("{}[{}]", stored.name, letter),
           .role = part.role,
           .layer = known.layer,
           .rows = matrix ? outputs / parts : 0,
           .cols = !matrix            ? outputs / parts
                   : known.transposed ? stored.shape[0]
                                      : stored.shape[1]});
    }
    layout.tensors.push_back(std::move(tensor));
  }
  if (layout.tensors.empty()) throw DataError(source, "there are no weights", "");
  for (const auto& [name, role] : roles) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string nearest = nearest_name(name, names);
    throw DataError(source, fmt::format("there is no tensor '{}', which --roles names", name),
                    nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest));
  }
  return layout;
}

void take_from_file(const TraceTensor& tensor, const std::vector<double>& numbers,
                    ParamList& params, TraceSide side) {
  for_each_number(tensor, params, [&](size_t at, const Param& param, int64_t i) {
    const Tensor to = side_of(param, side);
    if (to.dtype() == DType::f32) {
      to.f32()[i] = static_cast<float>(numbers[at]);
    } else {
      to.data<double>()[i] = numbers[at];
    }
  });
}

std::vector<double> as_in_file(const TraceTensor& tensor, const ParamList& params, TraceSide side) {
  int64_t size = 1;
  for (const int64_t n : tensor.shape) size *= n;
  std::vector<double> numbers(static_cast<size_t>(size));
  for_each_number(tensor, params, [&](size_t at, const Param& param, int64_t i) {
    numbers[at] = side_of(param, side).at(i);
  });
  return numbers;
}

}  // namespace coldstart::trace
