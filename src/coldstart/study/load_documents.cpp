#include "coldstart/study/load_documents.h"

#include <algorithm>
#include <string>
#include <vector>

#include "coldstart/io/json_lines.h"

namespace coldstart::study {

void load_documents(const std::filesystem::path& run, plan::Trial& trial) {
  plan::EvalSeries& evals = trial.evals;
  evals.docs.clear();
  evals.docs_set.clear();
  const std::filesystem::path file = run / "documents.jsonl";
  if (!std::filesystem::is_regular_file(file)) return;
  std::vector<std::vector<float>> docs(evals.size());
  std::string set;
  bool one_set = true;
  io::visit_json_lines(file, [&](const io::JsonRecord& record) {
    const auto step = record.integer("step");
    const io::JsonValue* losses = record.find("losses");
    const auto* values = losses ? std::get_if<std::vector<double>>(losses) : nullptr;
    const std::string its_set = record.text("set").value_or("");
    if (set.empty()) set = its_set;
    one_set = one_set && its_set == set;
    if (!step || !values) return true;
    const auto at = std::ranges::lower_bound(evals.step, *step);
    if (at == evals.step.end() || *at != *step) return true;
    std::vector<float>& row = docs[static_cast<size_t>(at - evals.step.begin())];
    row.clear();
    for (const double value : *values) row.push_back(static_cast<float>(value));
    return true;
  });
  if (!one_set || std::ranges::all_of(docs, [](const auto& row) { return row.empty(); })) return;
  evals.docs = std::move(docs);
  evals.docs_set = std::move(set);
}

}  // namespace coldstart::study
