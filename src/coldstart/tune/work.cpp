#include "coldstart/tune/work.h"

#include <fmt/format.h>

#include <cmath>

#include "coldstart/core/shell_word.h"

namespace coldstart::tune {

std::filesystem::path Work::data() const { return directory() / "data" / "text"; }
std::filesystem::path Work::test() const { return directory() / "data" / "test"; }

double Work::units_per_step() const {
  const auto tokens = static_cast<double>(base.train.batch_tokens);
  const double timed = runs.seconds_per_step(base.optimizer.name);
  const Cost cost{.seconds = timed > 0 ? timed : measured_s_per_step,
                  .tokens = tokens,
                  .flops = tokens * flops_per_token};
  return cost.in(options.budget.unit);
}

int64_t Work::steps_for(double units) const {
  return std::max<int64_t>(0, std::llround(std::floor(units / units_per_step() + 1e-9)));
}

double Work::finish_reserve() const { return tune::finish_reserve(options.budget); }

double Work::passes(int64_t steps) const {
  return static_cast<double>(steps * base.train.batch_tokens) /
         journal.decision("data").value().number("train_tokens");
}

Decision settle(Work& work, const std::string& id, const std::function<Decision()>& make) {
  if (const auto earlier = work.journal.decision(id)) {
    work.observer.on_decision(*earlier, true);
    return *earlier;
  }
  const CostMeter meter(work.ledger);
  Decision decision = make();
  decision.id = id;
  decision.cost += meter.cost();
  work.journal.write(to_record(decision));
  work.ledger.save();
  work.observer.on_decision(decision, false);
  return decision;
}

io::JsonRecord fixed(Work& work, const std::string& name,
                     const std::function<void(io::JsonRecord&)>& make) {
  if (const io::JsonRecord* earlier = work.journal.find("plan", name)) return *earlier;
  io::JsonRecord record;
  record.add("type", "plan").add("name", name);
  make(record);
  work.journal.write(record);
  return record;
}

std::string tune_command(const TuneOptions& options) {
  return fmt::format("coldstart tune {} --budget {}{}{}", shell_word(options.text),
                     shell_word(options.budget_text),
                     options.model.empty() ? "" : " --model " + shell_word(options.model),
                     options.seed == 1 ? "" : fmt::format(" --seed {}", options.seed));
}

std::string train_command(const Work& work, const std::string& settings) {
  return fmt::format("coldstart train {} {}", shell_word((work.directory() / "base.toml").string()),
                     settings);
}

}  // namespace coldstart::tune
