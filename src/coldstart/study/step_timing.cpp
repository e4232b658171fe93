#include "coldstart/study/step_timing.h"

#include <vector>

#include "coldstart/io/json_lines.h"
#include "coldstart/plan/series.h"

namespace coldstart::study {

StepTiming step_timing(const std::filesystem::path& run) {
  std::vector<double> busy, data;  // accounts after each step
  io::visit_json_lines(run / "timings.jsonl", [&](const io::JsonRecord& record) {
    const auto number = [&](const char* key) { return record.number(key).value_or(0); };
    data.push_back(number("data_s"));
    busy.push_back(data.back() + number("train_s") + number("metrics_s"));
    return true;
  });
  std::vector<double> steps;
  double all = 0, waited = 0;
  for (size_t i = kUntimedSteps; i < busy.size(); ++i) {
    const double step_s = busy[i] - busy[i - 1];
    if (!(step_s > 0)) continue;  // accounts begin anew in a process that goes on
    steps.push_back(step_s);
    all += step_s;
    waited += data[i] - data[i - 1];
  }
  return steps.empty() ? StepTiming() : StepTiming{plan::median_of(steps), waited / all};
}

}  // namespace coldstart::study
