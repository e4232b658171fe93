#include "app/warmup_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "coldstart/core/error.h"
#include "coldstart/core/shell_word.h"
#include "coldstart/study/warmup_causes.h"
#include "coldstart/study/warmup_study.h"

namespace coldstart::app {

namespace {

bool compares_warmups(const plan::Study& study) {
  return std::ranges::any_of(study.space, [](const plan::HParam& hparam) {
    return hparam.kind == plan::Kind::warmup && hparam.choices.size() > 1;
  });
}

std::string cell_notes(const study::WarmupCell& cell) {
  std::string notes;
  const auto add = [&](const std::string& note) { notes += (notes.empty() ? "" : ", ") + note; };
  if (cell.infeasible > 0) add(fmt::format("{} infeasible", cell.infeasible));
  if (cell.at_edge()) add(fmt::format("best rate at the {} end of the range", enum_name(cell.end)));
  if (cell.missing > 0) add(fmt::format("{} not over", cell.missing));
  return notes;
}

report::Table table_of(const study::WarmupReport& report) {
  const auto number = [](const char* format, double value) {
    return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : std::string();
  };
  report::Table table{{"optimizer", "warmup", "best loss", "standard error", "at learning rate",
                       "good rates, decades", "seeds", "notes"},
                      {}};
  for (const study::WarmupCell& cell : report.cells) {
    const bool trained = std::isfinite(cell.loss);
    table.rows.push_back({cell.optimizer, cell.warmup, number("{:.4f}", cell.loss),
                          number("{:.4f}", cell.se), trained ? number("{:.3g}", cell.lr) : "",
                          trained ? number("{:.2f}", cell.width_decades) : "",
                          fmt::format("{}", cell.seeds), cell_notes(cell)});
  }
  return table;
}

plan::Verdict verdict_of(const study::OptimizerVerdict& verdict) {
  plan::Verdict result{.rule = verdict.optimizer,
                       .label = std::string(enum_name(verdict.need)),
                       .text = fmt::format("{}: {}.", verdict.optimizer, verdict.text)};
  if (std::isfinite(verdict.gap.mid))
    result.evidence = {{.id = "gap",
                        .what = fmt::format("loss without warmup - loss with warmup {}, nats",
                                            verdict.best_warmup),
                        .value = verdict.gap,
                        .threshold = 0}};
  if (verdict.need == study::Need::not_established) result.standing = plan::Standing::insufficient;
  return result;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace

std::optional<report::Section> warmup_answer(const study::StudyDirectory& directory,
                                             const plan::Study& study) {
  if (!compares_warmups(study)) return std::nullopt;
  report::Section section{.id = "warmup", .title = "Does it need warmup?", .text = ""};
  try {
    const study::WarmupReport report = study::judge_warmup(study);
    section.summary = table_of(report);
    for (const study::OptimizerVerdict& verdict : report.verdicts)
      section.verdicts.push_back(verdict_of(verdict));
    section.list = lines_of(study::causes_text(study::warmup_causes(directory, study, report)));
    const study::NoWarmup best = study::without_warmup(directory, report);
    section.text = study::advice_text(best);
    if (!best.config.empty())
      section.commands = {fmt::format("coldstart warmup {} --write no_warmup.toml",
                                      shell_word(directory.path().string())),
                          "coldstart train no_warmup.toml"};
  } catch (const DataError& error) {
    section.text = error.message();  // it asks about warmup in a way that has no verdict
  }
  return section;
}

}  // namespace coldstart::app
