// A Spec written out as study.toml: to_toml() of spec.h.
// Test: tests/study/spec_test.cpp.
#include <fmt/format.h>

#include <fmt/ranges.h>

#include <algorithm>

#include "coldstart/io/toml.h"
#include "coldstart/study/space_of.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

namespace {

using io::toml_quoted;

std::string number(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + toml_quoted(text);
  return out + "]";
}

class Lines {
 public:
  void raw(std::string_view key, const std::string& value) {
    text_ += fmt::format("{} = {}\n", key, value);
  }
  void text(std::string_view key, const std::string& value) {
    if (!value.empty()) raw(key, toml_quoted(value));
  }
  void integer(std::string_view key, int64_t value) {
    if (value != 0) raw(key, fmt::format("{}", value));
  }
  void positive(std::string_view key, double value) {
    if (value > 0) raw(key, number(value));
  }
  void header(std::string_view name) { text_ += fmt::format("\n{}\n", name); }
  const std::string& done() const { return text_; }

 private:
  std::string text_;
};

void write_axis(Lines& out, const Axis& axis) {
  const plan::HParam& p = axis.param;
  out.header("[[space]]");
  out.text("name", p.name);
  out.text("role", std::string(enum_name(p.role)));
  out.text("kind", std::string(enum_name(p.kind)));
  out.text("parent", p.parent);
  out.text("parent_value", p.parent_value);
  if (!is_varied(axis)) {
    out.raw("value", toml_quoted(p.choices.front()));
    return;
  }
  out.text("scale", std::string(enum_name(p.scale)));
  if (p.scale == plan::Scale::choice) {
    out.raw("choices", list(p.choices));
    return;
  }
  out.raw("range", fmt::format("[{}, {}]", number(p.lo), number(p.hi)));
  if (axis.integer) out.raw("integer", "true");
  out.integer("levels", axis.levels);
}

}  // namespace

std::string to_toml(const Spec& spec) {
  Lines out;
  out.integer("format", kFormat);
  out.text("goal", spec.goal);
  out.text("notes", spec.notes);
  out.text("metric", spec.metric);
  out.text("direction", spec.maximised ? "maximize" : "minimize");
  out.text("config", spec.config);
  if (!spec.command.empty()) out.raw("command", list(spec.command));
  out.integer("max_steps", spec.max_steps);
  out.integer("production_steps", spec.production_steps);
  out.positive("sigma", spec.sigma);
  out.integer("sigma_n", spec.sigma_n);
  out.text("noise", spec.noise);
  out.text("sampler", std::string(enum_name(spec.sampler)));
  const bool drawn = spec.sampler == SamplerKind::halton || spec.sampler == SamplerKind::random;
  if (drawn) {
    out.raw("sampler_seed", fmt::format("{}", spec.sampler_seed));
    if (std::ranges::any_of(spec.space, is_varied)) out.integer("points", spec.points);
  }
  out.raw("seeds", fmt::format("[{}]", fmt::join(spec.seeds, ", ")));
  out.positive("time_limit_s", spec.limits.time_s);
  out.positive("silence_limit_s", spec.limits.silence_s);
  out.positive("disk_limit_mb", spec.limits.disk_bytes / 1e6);
  out.positive("base_lr", spec.base_lr);
  if (!spec.set.empty()) out.header("[set]");
  for (const auto& [name, value] : spec.set) out.raw(toml_quoted(name), toml_quoted(value));
  if (spec.schedule) {
    schedule::ScheduleOptions options = *spec.schedule;
    FieldList fields;
    fields.add("schedule", options);
    out.header("[schedule]");
    for (const Setting& setting : fields.settings())
      out.raw(setting.key, toml_quoted(value_text(setting.value)));
  }
  for (const Axis& axis : spec.space) write_axis(out, axis);
  for (const Values& values : spec.list) {
    out.header("[[trial]]");
    for (const Axis& axis : spec.space) {
      const auto value = values.find(axis.param.name);
      if (is_varied(axis) && value != values.end())
        out.raw(toml_quoted(value->first), toml_quoted(value->second));
    }
  }
  return out.done();
}

}  // namespace coldstart::study
