// Trials as text: the lines and tables of console.h. Test: tests/study/console_test.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/text.h"
#include "coldstart/io/json_record.h"
#include "coldstart/study/console.h"
#include "coldstart/study/noise_study.h"

namespace coldstart::study {

namespace {

// Text of anybody on a terminal: no control characters.
std::string shown(const std::string& text) {
  std::string result;
  for (const char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return result;
}

std::string best_text(const TrialRow& row) {
  return row.best ? fmt::format("{:.4f} at step {}", *row.best, row.best_step) : "";
}

std::string summary(const Counts& c, size_t all) {
  std::string text = fmt::format("{} of {} over: {} finished", c.over(), all, c.finished);
  const auto add = [&](int64_t n, const char* what) {
    if (n > 0) text += fmt::format(", {} {}", n, what);
  };
  add(c.infeasible, "infeasible");
  add(c.failed, "failed");
  add(c.running, "running");
  add(c.stopped, "stopped");
  add(c.planned, "planned");
  return text;
}

io::JsonRecord record_of(const StudyDirectory& study, const TrialRow& row) {
  const TrialPlan plan = study.plan(row.index);
  io::JsonRecord record;
  record.add("type", "trial").add("trial", row.index).add("seed", plan.seed);
  record.add("state", std::string(enum_name(row.state)))
      .add("reason", std::string(enum_name(row.reason)));
  record.add("note", row.note)
      .add("attempt", row.attempt)
      .add("step", std::max<int64_t>(0, row.log.last_step));
  if (row.best) record.add("best", *row.best).add("best_step", row.best_step);
  for (const auto& [name, value] : plan.values) record.add("value." + name, value);
  return record;
}

}  // namespace

std::string trial_line(const TrialRow& row) {
  std::string text = fmt::format("trial {}  {}", row.index, enum_name(row.state));
  if (row.reason != plan::Reason::none) text += fmt::format(" ({})", enum_name(row.reason));
  if (!row.note.empty()) text += fmt::format(": {}", shown(row.note));
  if (row.best) text += fmt::format("  best {}", best_text(row));
  return text;
}

std::vector<std::string> live_lines(const std::vector<TrialRow>& rows, int64_t max_steps,
                                    double left_s, int width) {
  std::vector<std::string> lines;
  for (const TrialRow& row : rows) {
    if (row.state != State::running && row.state != State::launched) continue;
    const int64_t step = std::max<int64_t>(0, row.log.last_step);
    lines.push_back(fmt::format("trial {:<5} {:<9} step {:>7}/{}  loss {}", row.index,
                                enum_name(row.state), step, max_steps,
                                step > 0 ? fmt::format("{:.4f}", row.log.last_loss) : "-"));
  }
  const Counts counts = count(rows);
  lines.push_back(fmt::format("{}{}", summary(counts, rows.size()),
                              left_s >= 0 ? fmt::format("  {} left", human_duration(left_s)) : ""));
  for (std::string& line : lines)
    if (std::ssize(line) > width) line.resize(static_cast<size_t>(std::max(width, 0)));
  return lines;
}

std::string status_table(const StudyDirectory& study, const std::vector<TrialRow>& rows) {
  std::string text =
      fmt::format("{}: {}\n{}\n{}\n\n", shown(study.name()), shown(study.spec().goal),
                  summary(count(rows), rows.size()), noise_line(noise_of_rows(study, rows)));
  text += fmt::format("{:>6} {:<11} {:>9} {:>10} {:>6}  {}\n", "trial", "state", "step", "best",
                      "seed", "values");
  for (const TrialRow& row : rows) {
    const TrialPlan plan = study.plan(row.index);
    std::string values;
    for (const Axis& axis : study.spec().space) {
      const auto value = plan.values.find(axis.param.name);
      if (axis.param.role == plan::Role::fixed || value == plan.values.end()) continue;
      if (!values.empty() && values.find(axis.param.name + " ") != std::string::npos) continue;
      values += fmt::format("{}{} {}", values.empty() ? "" : ", ", shown(value->first),
                            shown(value->second));
    }
    const bool told = row.reason != plan::Reason::none || !row.note.empty();
    text += fmt::format(
        "{:>6} {:<11} {:>9} {:>10} {:>6}  {}{}\n", row.index, enum_name(row.state),
        std::max<int64_t>(0, row.log.last_step), row.best ? fmt::format("{:.4f}", *row.best) : "-",
        plan.seed, values,
        told
            ? fmt::format(
                  "  [{}{}{}]", row.reason == plan::Reason::none ? "" : enum_name(row.reason),
                  row.reason == plan::Reason::none || row.note.empty() ? "" : ": ", shown(row.note))
            : "");
  }
  return text;
}

std::string status_json(const StudyDirectory& study, const std::vector<TrialRow>& rows) {
  std::string text;
  for (const TrialRow& row : rows) text += record_of(study, row).line() + "\n";
  const Counts c = count(rows);
  io::JsonRecord record;
  record.add("type", "study")
      .add("name", study.name())
      .add("goal", study.spec().goal)
      .add("metric", study.spec().metric)
      .add("max_steps", study.spec().max_steps)
      .add("trials", std::ssize(rows))
      .add("planned", c.planned)
      .add("running", c.running)
      .add("finished", c.finished)
      .add("infeasible", c.infeasible)
      .add("failed", c.failed)
      .add("stopped", c.stopped);
  if (const plan::Noise noise = noise_of_rows(study, rows); noise.known())
    record.add("sigma", noise.sigma).add("sigma_n", noise.n);
  return text + record.line() + "\n";
}

}  // namespace coldstart::study
