#include "coldstart/study/export_optuna.h"

#include <nlohmann/json.hpp>

#include "coldstart/core/text.h"
#include "coldstart/study/axis_values.h"
#include "coldstart/study/space_of.h"

namespace coldstart::study {

namespace {

using Json = nlohmann::ordered_json;

Json distribution_of(const Axis& axis) {
  const plan::HParam& p = axis.param;
  if (!p.choices.empty())
    return {{"name", "CategoricalDistribution"}, {"attributes", {{"choices", p.choices}}}};
  const bool log = p.scale == plan::Scale::log;
  if (axis.integer)
    return {{"name", "IntDistribution"},
            {"attributes",
             {{"log", log},
              {"step", 1},
              {"low", static_cast<int64_t>(p.lo)},
              {"high", static_cast<int64_t>(p.hi)}}}};
  // Optuna knows no logit scale.
  return {{"name", "FloatDistribution"},
          {"attributes", {{"step", nullptr}, {"low", p.lo}, {"high", p.hi}, {"log", log}}}};
}

Json value_of(const Axis& axis, const std::string& text) {
  if (!axis.param.choices.empty()) return text;
  if (axis.integer) return parse_int(text).value_or(0);
  return parse_double(text).value_or(0);
}

// A hyperparameter under each value of its parent is one of its own: "adamw:optimizer.lr" (SD-06).
std::string key_of(const plan::HParam& p) {
  return p.parent.empty() ? p.name : p.parent_value + ":" + p.name;
}

const char* state_of(const TrialRow& row) {
  switch (row.state) {
    case State::finished:
      return row.best ? "COMPLETE" : "FAIL";
    case State::infeasible:
    case State::failed:
      return "FAIL";
    case State::launched:
    case State::running:
      return "RUNNING";
    default:
      return "WAITING";
  }
}

}  // namespace

std::string optuna_json(const StudyDirectory& study, const std::vector<TrialRow>& rows) {
  const Spec& spec = study.spec();
  Json json = {{"study_name", study.name()},
               {"direction", spec.maximised ? "maximize" : "minimize"},
               {"trials", Json::array()}};
  for (const TrialRow& row : rows) {
    const TrialPlan plan = study.plan(row.index);
    Json trial = {{"number", row.index}, {"state", state_of(row)}};
    const bool complete = row.state == State::finished && row.best;
    trial["value"] = complete ? Json(*row.best) : Json(nullptr);
    trial["params"] = Json::object();
    trial["distributions"] = Json::object();
    for (const Axis& axis : spec.space) {
      const auto value = plan.values.find(axis.param.name);
      if (value == plan.values.end() || !is_varied(axis) || !is_active(axis.param, plan.values))
        continue;
      trial["params"][key_of(axis.param)] = value_of(axis, value->second);
      trial["distributions"][key_of(axis.param)] = distribution_of(axis);
    }
    trial["user_attrs"] = {
        {"seed", plan.seed}, {"state", enum_name(row.state)}, {"reason", enum_name(row.reason)}};
    json["trials"].push_back(std::move(trial));
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace coldstart::study
