#include "coldstart/report/verdict_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "coldstart/core/error.h"

namespace coldstart::report {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no NaN and no infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
double number_in(const Json& json) { return json.is_number() ? json.get<double>() : NAN; }

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}
std::vector<std::string> texts_in(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return texts;
  for (const Json& text : *found)
    if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

plan::Evidence evidence_in(const Json& json) {
  plan::Evidence evidence{.id = text_in(json, "id"), .what = text_in(json, "what")};
  const auto value = json.find("value");
  if (value != json.end() && value->is_array() && value->size() == 3)
    evidence.value = {number_in((*value)[0]), number_in((*value)[1]), number_in((*value)[2])};
  if (json.contains("threshold")) evidence.threshold = number_in(json["threshold"]);
  evidence.basis =
      parse_enum<plan::Basis>(text_in(json, "threshold_basis")).value_or(plan::Basis::ours);
  evidence.vote = text_in(json, "vote");
  return evidence;
}

}  // namespace

std::string verdict_json(const plan::Verdict& verdict) {
  Json evidence = Json::array();
  for (const plan::Evidence& item : verdict.evidence)
    evidence.push_back(
        {{"id", item.id},
         {"what", item.what},
         {"value", {number(item.value.lo), number(item.value.mid), number(item.value.hi)}},
         {"threshold", number(item.threshold)},
         {"threshold_basis", enum_name(item.basis)},
         {"vote", item.vote}});
  const Json json = {{"rule", verdict.rule},
                     {"label", verdict.label},
                     {"standing", enum_name(verdict.standing)},
                     {"text", verdict.text},
                     {"evidence", std::move(evidence)},
                     {"warnings", verdict.warnings},
                     {"tags", verdict.tags},
                     {"valid_for", verdict.valid_for},
                     {"would_change", verdict.would_change},
                     {"next", verdict.next},
                     {"length_fraction", number(verdict.length_fraction)}};
  // Text that is no UTF-8 comes from other programs' logs.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

plan::Verdict parse_verdict(std::string_view text, std::string_view source) {
  const Json json = Json::parse(text, nullptr, false);
  plan::Verdict verdict;
  if (json.is_object()) {
    verdict.label = text_in(json, "label");
    verdict.text = text_in(json, "text");
  }
  if (verdict.label.empty() || verdict.text.empty())
    throw DataError(source, "not a verdict: expected a JSON object with a label and a text",
                    "what a verb of `coldstart steps` prints with --json is one");
  verdict.rule = text_in(json, "rule");
  verdict.standing =
      parse_enum<plan::Standing>(text_in(json, "standing")).value_or(plan::Standing::ok);
  if (const auto evidence = json.find("evidence"); evidence != json.end() && evidence->is_array())
    for (const Json& item : *evidence)
      if (item.is_object()) verdict.evidence.push_back(evidence_in(item));
  verdict.warnings = texts_in(json, "warnings");
  verdict.tags = texts_in(json, "tags");
  verdict.valid_for = texts_in(json, "valid_for");
  verdict.would_change = texts_in(json, "would_change");
  verdict.next = texts_in(json, "next");
  if (json.contains("length_fraction"))
    verdict.length_fraction = number_in(json["length_fraction"]);
  return verdict;
}

}  // namespace coldstart::report
