#include "coldstart/plan/verdict.h"

#include <fmt/format.h>

#include "coldstart/core/exit_status.h"

namespace coldstart::plan {

namespace {

std::string_view whose(Basis basis) {
  switch (basis) {
    case Basis::playbook:
      return "the playbook's";
    case Basis::ours:
      return "our default, not the playbook's";
    case Basis::measured:
      return "measured";
    case Basis::user:
      return "yours";
  }
  return "?";
}

std::string line_of(const Evidence& evidence) {
  std::string line = fmt::format("  {}: {}", evidence.id, evidence.what);
  const Interval& value = evidence.value;
  if (!std::isnan(value.mid)) line += fmt::format(" {:.4g}", value.mid);
  if (!std::isnan(value.lo) && !std::isnan(value.hi))
    line += fmt::format(" [{:.4g}, {:.4g}]", value.lo, value.hi);
  if (!std::isnan(evidence.threshold))
    line += fmt::format("; threshold {:.4g} ({})", evidence.threshold, whose(evidence.basis));
  if (!evidence.vote.empty()) line += fmt::format(" -> {}", evidence.vote);
  return line + "\n";
}

std::string lines_of(std::string_view title, const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += fmt::format("  {}: {}\n", title, item);
  return text;
}

}  // namespace

int exit_code(Standing standing) {
  switch (standing) {
    case Standing::ok:
      return kOk.value;
    case Standing::refused:
      return kRefused.value;
    case Standing::insufficient:
      return kInsufficient.value;
    case Standing::unstable:
      return kUnstable.value;
  }
  return kInternalError.value;
}

std::string text_of(const Verdict& verdict) {
  std::string text = verdict.chart;
  text += fmt::format("{} ({}): {}\n", verdict.label, verdict.rule, verdict.text);
  for (const Evidence& evidence : verdict.evidence) text += line_of(evidence);
  for (const std::string& warning : verdict.warnings) text += fmt::format("  {}\n", warning);
  text += lines_of("tag", verdict.tags);
  text += lines_of("valid for", verdict.valid_for);
  text += lines_of("would change it", verdict.would_change);
  text += lines_of("next", verdict.next);
  return text;
}

}  // namespace coldstart::plan
