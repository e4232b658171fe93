#include "coldstart/optim/group_factors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>
#include <utility>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/core/trim.h"

namespace coldstart::optim {

namespace {

constexpr const char* kExample =
    R"(write for example "embedding=0.5, layers 0-3=0.1, /h\.0\.mlp.*/=2")";

std::string_view kind_name(Role role) {
  switch (role) {
    case Role::token_embedding:
    case Role::position_embedding:
      return "embedding";
    case Role::attention_query:
    case Role::attention_key:
    case Role::attention_value:
    case Role::attention_output:
      return "attention";
    case Role::mlp_gate:
    case Role::mlp_in:
    case Role::mlp_out:
      return "mlp";
    case Role::head:
      return "head";
    case Role::norm_gain:
      return "gains";
    case Role::norm_bias:
    case Role::linear_bias:
      break;
  }
  return "biases";
}

struct Rule {
  std::string pattern;
  double factor = 1;
  std::optional<std::regex> expression = {};
  std::optional<std::pair<int64_t, int64_t>> layers = {};

  bool matches(const ParamSpec& spec) const {
    if (expression) return std::regex_match(spec.name, *expression);
    if (layers) return layers->first <= spec.layer && spec.layer <= layers->second;
    return pattern == kind_name(spec.role) || pattern == role_name(spec.role);
  }
};

// "2" or "0-3"
std::optional<std::pair<int64_t, int64_t>> parse_layers(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = parse_int(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_int(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first) return std::nullopt;
  return std::pair(*first, *last);
}

Rule parse_rule(std::string_view text, const std::string& where) {
  const auto refuse = [&](const std::string& why) {
    throw ConfigError(where, fmt::format("{}; got '{}'", why, text), kExample);
  };
  const size_t equals = text.rfind('=');  // a regular expression may hold one
  if (equals == text.npos) refuse("a rule is PATTERN=FACTOR");
  Rule rule{.pattern = std::string(trimmed(text.substr(0, equals)))};
  const auto factor = parse_double(trimmed(text.substr(equals + 1)));
  if (!factor || !std::isfinite(*factor) || *factor < 0)
    refuse("a factor is a number of 0 or more");
  rule.factor = *factor;
  const std::string& p = rule.pattern;
  constexpr std::string_view kLayers = "layers ";
  if (p.starts_with(kLayers)) {
    rule.layers = parse_layers(trimmed(std::string_view(p).substr(kLayers.size())));
    if (!rule.layers) refuse("blocks are a number or a range such as 0-3");
  } else if (p.size() > 2 && p.starts_with('/') && p.ends_with('/')) {
    try {
      rule.expression.emplace(p.substr(1, p.size() - 2));
    } catch (const std::regex_error& error) {
      refuse(fmt::format("the regular expression cannot be read ({})", error.what()));
    }
  }
  return rule;
}

// Split at commas outside slashes.
std::vector<Rule> parse_rules(std::string_view text, const std::string& where) {
  std::vector<Rule> rules;
  bool in_expression = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '/') in_expression = !in_expression;
    if (i < text.size() && (text[i] != ',' || in_expression)) continue;
    const std::string_view rule = trimmed(text.substr(begin, i - begin));
    if (!rule.empty()) rules.push_back(parse_rule(rule, where));
    begin = i + 1;
  }
  return rules;
}

std::vector<double> factors_of(const std::string& text, const std::string& where,
                               std::span<const ParamSpec> specs) {
  const std::vector<Rule> rules = parse_rules(text, where);
  for (const Rule& rule : rules) {
    if (std::ranges::any_of(specs, [&](const ParamSpec& spec) { return rule.matches(spec); }))
      continue;
    throw ConfigError(where, fmt::format("'{}' matches no parameter of this model", rule.pattern),
                      "kinds are embedding, attention, mlp, gains, biases, head; the start-up "
                      "table prints the roles; a regular expression stands between slashes");
  }
  std::vector<double> factors;
  for (const ParamSpec& spec : specs) {
    const auto first =
        std::ranges::find_if(rules, [&](const Rule& rule) { return rule.matches(spec); });
    factors.push_back(first == rules.end() ? 1 : first->factor);
  }
  return factors;
}

// How many times a parameter's rate is multiplied by the layer decay.
int depth_below_top(const ParamSpec& spec, int blocks) {
  if (spec.layer >= 0) return blocks - spec.layer;
  return is_embedding(spec.role) ? blocks + 1 : 0;
}

void drop_if_all_one(std::vector<double>& factors) {
  if (std::ranges::all_of(factors, [](double factor) { return factor == 1; })) factors.clear();
}

// "0-2, 5"
std::string ranges_text(const std::vector<int>& layers) {
  std::string text;
  for (size_t i = 0; i < layers.size();) {
    size_t end = i + 1;
    while (end < layers.size() && layers[end] == layers[end - 1] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", layers[i]);
    if (end - i > 1) text += fmt::format("-{}", layers[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace

GroupFactors group_factors(const GroupOptions& options, std::span<const ParamSpec> specs) {
  GroupFactors factors{.lr = factors_of(options.lr_factors, "groups.lr_factors", specs),
                       .decay = factors_of(options.decay_factors, "groups.decay_factors", specs)};
  int blocks = 0;
  for (const ParamSpec& spec : specs) blocks = std::max(blocks, spec.layer + 1);
  for (size_t i = 0; i < specs.size(); ++i)
    factors.lr[i] *= std::pow(options.layer_decay, depth_below_top(specs[i], blocks));
  drop_if_all_one(factors.lr);
  drop_if_all_one(factors.decay);
  return factors;
}

void check_group_factors(const GroupOptions& options, std::span<const ParamSpec> specs,
                         const GroupRules& rules) {
  const GroupFactors factors = group_factors(options, specs);
  for (size_t i = 0; i < factors.lr.size() && !rules.replay.empty(); ++i) {
    if (factors.lr[i] != 1 &&
        group_of(specs[i].role, specs[i].rows > 0, rules) == Group::rotational)
      throw ConfigError("groups.lr_factors",
                        fmt::format("{} turns by the angles of {}, whatever its rate",
                                    specs[i].name, rules.replay),
                        "name gains and biases only, without layer_decay");
  }
  if (factors.decay.empty()) return;
  if (rules.weight_decay == 0)
    throw ConfigError("groups.decay_factors", "there is no weight decay that they could be of",
                      "set optimizer.weight_decay above 0");
  for (size_t i = 0; i < specs.size(); ++i) {
    const Group group = group_of(specs[i].role, specs[i].rows > 0, rules);
    if (group == Group::rotational && factors.decay[i] == 0)
      throw ConfigError("groups.decay_factors",
                        fmt::format("{} is rotational: its decay sets the angle, and with a factor "
                                    "of 0 it would never turn",
                                    specs[i].name),
                        "choose a factor above 0, or optimizer.rotate_embeddings = false");
    if (group == Group::plain && factors.decay[i] != 1)
      throw ConfigError(
          "groups.decay_factors",
          fmt::format("{} is never decayed; got a factor of {}", specs[i].name, factors.decay[i]),
          "leave gains and biases out");
  }
}

std::vector<std::string> describe_group_factors(const GroupOptions& options,
                                                std::span<const ParamSpec> specs) {
  const GroupFactors factors = group_factors(options, specs);
  if (factors.lr.empty() && factors.decay.empty()) return {};
  const auto pair_of = [&](size_t i) {
    return std::pair(factors.lr.empty() ? 1 : factors.lr[i],
                     factors.decay.empty() ? 1 : factors.decay[i]);
  };
  std::vector<std::pair<double, double>> pairs;
  for (size_t i = 0; i < specs.size(); ++i)
    if (std::ranges::find(pairs, pair_of(i)) == pairs.end()) pairs.push_back(pair_of(i));
  std::vector<std::string> lines;
  for (const auto& pair : pairs) {
    std::string line = fmt::format("lr x {:.4g}, decay x {:.4g}:", pair.first, pair.second);
    std::vector<Role> roles;
    for (size_t i = 0; i < specs.size(); ++i)
      if (pair_of(i) == pair && std::ranges::find(roles, specs[i].role) == roles.end())
        roles.push_back(specs[i].role);
    for (const Role role : roles) {
      std::vector<int> layers;
      bool all = true;
      for (size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].role != role) continue;
        if (pair_of(i) != pair) {
          all = false;
        } else if (specs[i].layer >= 0 &&
                   std::ranges::find(layers, specs[i].layer) == layers.end()) {
          layers.push_back(specs[i].layer);
        }
      }
      line += fmt::format("{} {}", role == roles.front() ? "" : ",", role_name(role));
      if (!all)
        line += layers.empty() ? " (outside the blocks)"
                               : fmt::format(" (layers {})", ranges_text(layers));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace coldstart::optim
