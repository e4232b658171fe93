#include "coldstart/tune/autopilot.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "coldstart/core/error.h"
#include "coldstart/core/exit_status.h"
#include "coldstart/core/files.h"
#include "coldstart/core/parallel.h"
#include "coldstart/report/page.h"
#include "coldstart/study/controller_lock.h"
#include "coldstart/train/load_run.h"
#include "coldstart/train/sample.h"
#include "coldstart/tune/page.h"
#include "coldstart/tune/phase_list.h"
#include "coldstart/tune/phases.h"
#include "coldstart/tune/summary.h"

namespace coldstart::tune {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kSampleTokens = 400;
constexpr double kSampleTemperature = 0.7;

io::JsonRecord question(const TuneOptions& options) {
  io::JsonRecord asked;
  asked.add("type", "begin")
      .add("name", "tune")
      .add("text", options.text)
      .add("budget", options.budget_text)
      .add("unit", std::string(enum_name(options.budget.unit)))
      .add("amount", options.budget.amount)
      .add("model", options.model)
      .add("seed", options.seed);
  return asked;
}

bool same_question(const io::JsonRecord& a, const io::JsonRecord& b) {
  return a.text("text") == b.text("text") && a.text("unit") == b.text("unit") &&
         a.text("model") == b.text("model") && a.number("amount") == b.number("amount") &&
         a.number("seed") == b.number("seed");
}

// What was refused before anything was trained may be asked differently.
void forget_refused(const fs::path& directory, const TuneOptions& options) {
  if (!Journal::is_in(directory)) return;
  const Journal journal(directory);
  const io::JsonRecord* before = journal.find("begin", "tune");
  const bool trained = std::ranges::any_of(
      journal.records(), [](const io::JsonRecord& record) { return record.text("type") == "run"; });
  if (trained || (before != nullptr && same_question(*before, question(options)))) return;
  Journal::remove_from(directory);
  Ledger::remove_from(directory);
  fs::remove_all(directory / "data");
}

// The journal is that of the same question, or a new one.
void begin(Journal& journal, const TuneOptions& options) {
  const io::JsonRecord asked = question(options);
  const io::JsonRecord* before = journal.find("begin", "tune");
  if (before == nullptr) return journal.write(asked);
  if (same_question(*before, asked)) return;
  const std::string model = before->text("model").value_or("");
  throw ConfigError(
      "tune",
      fmt::format("'{}' holds the answer to another question: tune {} --budget {}{}",
                  options.out.string(), before->text("text").value_or(""),
                  before->text("budget").value_or(""), model.empty() ? "" : " --model " + model),
      "ask the same again to continue it, or choose another --out");
}

class Autopilot {
 public:
  Autopilot(Work& work, const TuneOptions& options) : work_(work), options_(options) {}

  TuneResult run() {
    TuneResult result;
    if (!phases()) {
      result.learns = false;
    } else {
      result.sample = sample();
      const Decision chosen = work_.journal.decision("checkpoint").value();
      result.test_loss = chosen.number("test_loss");
      result.test_bits_per_byte = chosen.number("test_bits_per_byte");
      result.model = model_;
    }
    result.spent = finish(result.sample);
    result.decisions = work_.journal.decisions();
    result.summary = summary_file();
    result.page = page_file();
    return result;
  }

 private:
  fs::path summary_file() const { return work_.directory() / "summary.md"; }
  fs::path page_file() const { return work_.directory() / "report.html"; }

  void begin_phase(Phase phase) {
    const auto& [name, question] = text_of(phase);
    work_.observer.on_phase(
        {static_cast<int>(phase) + 1, static_cast<int>(kPhases.size()), name, question});
  }

  // False when nothing trains.
  bool phases() {
    begin_phase(Phase::measure);
    if (!measure(work_)) return false;
    begin_phase(Phase::rates);
    share_out(work_);
    choose_optimizer(work_);
    if (!work_.outline.tuned) {
      begin_phase(Phase::round2);
      const Trial begins = begun(work_, default_idea(work_), work_.outline.steps).value();
      production_ = produce(work_, begins, 0);
      add_production(begins.idea, begins.trunks);
    } else if (!tuned()) {
      return false;
    }
    begin_phase(Phase::choice);
    model_ = choose_checkpoint(work_);
    look_ahead(work_, shown_.back(), round1_ ? &*round1_ : nullptr);
    begin_phase(Phase::page);
    return true;
  }

  bool tuned() {
    const std::vector<Trial> rates = find_rate(work_);
    shown_ = rates;
    if (!rates.front().trained()) return false;
    begin_phase(Phase::warmup);
    const std::vector<Trial> warmed = check_warmup(work_, rates);
    begin_phase(Phase::workload);
    const int64_t most_steps = judge_workload(work_, rates);
    begin_phase(Phase::round1);
    std::vector<Trial> ideas = rates;
    if (!warmed.empty()) {
      shown_.push_back(warmed.front());
      // Beside the best rate, in the order of their losses.
      ideas.insert(ideas.begin() + (warmed.front().loss < ideas.front().loss ? 0 : 1),
                   warmed.front());
    }
    const Trial winner = bridge(work_, ideas);
    if (winner.trunk_steps >= trunk_steps(work_.outline.bridge_steps)) round1_ = winner;
    for (const Trial& trial : ideas)
      for (const std::string& trunk : trial.trunks)
        if (std::ranges::find(winner.trunks, trunk) == winner.trunks.end())
          work_.runs.drop_checkpoints(trunk);
    begin_phase(Phase::round2);
    production_ = produce(work_, winner, most_steps);
    add_production(winner.idea, winner.trunks);
    return true;
  }

  void add_production(const Idea& idea, std::vector<std::string> trunks) {
    if (work_.runs.over("production-trunk")) trunks.emplace_back("production-trunk");
    // A cooldown that was cut short went on in production-2, and so on.
    int part = 1;
    for (std::string name = "production"; name != production_;
         name = fmt::format("production-{}", ++part))
      trunks.push_back(name);
    shown_.push_back({.idea = idea, .loss = 0, .trunks = std::move(trunks), .cooled = production_});
  }

  std::string sample() {
    train::LoadedRun run = train::load_run(model_);
    model::SamplerOptions how;
    how.temperature = kSampleTemperature;
    return options_.prompt +
           train::sample_text(run, work_.kernels, options_.prompt, kSampleTokens, how);
  }

  Cost finish(const std::string& sample) {
    const report::Input input = page_input(work_, shown_, options_.made_by);
    write_file_atomic(page_file(), report::html_page(report::make_report(input)));
    if (work_.journal.find("end", "tune") == nullptr) {
      const Cost spent = work_.ledger.spent();
      work_.journal.write(io::JsonRecord()
                              .add("type", "end")
                              .add("name", "tune")
                              .add("seconds", spent.seconds)
                              .add("tokens", spent.tokens)
                              .add("flops", spent.flops));
    }
    const io::JsonRecord& end = *work_.journal.find("end", "tune");
    const Cost spent{.seconds = end.number("seconds").value_or(0),
                     .tokens = end.number("tokens").value_or(0),
                     .flops = end.number("flops").value_or(0)};
    write_file_atomic(
        summary_file(),
        summary_markdown({.command = tune_command(options_), .spent = spent, .sample = sample},
                         work_.journal.decisions()));
    work_.ledger.save();
    return spent;
  }

  Work& work_;
  const TuneOptions& options_;
  std::vector<Trial> shown_;  // on the page; the production run last
  std::optional<Trial> round1_;
  std::string production_;
  fs::path model_;
};

}  // namespace

int TuneResult::exit_code() const {
  if (signal != 0) return 128 + signal;
  return learns ? kOk.value : kUnstable.value;
}

TuneResult run_tune(const TuneOptions& options, kernels::Kernels& kernels, TuneObserver& observer,
                    double started_s, const Clock& clock) {
  if (options.threads > 0) set_thread_count(narrow<int>(options.threads));
  make_directories(options.out);
  const study::ControllerLock lock(options.out);
  forget_refused(options.out, options);
  Journal journal(options.out);
  begin(journal, options);
  Ledger ledger(options.out, options.budget, started_s, clock);
  Runs runs(options.out, journal, ledger, observer, kernels);
  Work work{.options = options,
            .journal = journal,
            .ledger = ledger,
            .runs = runs,
            .observer = observer,
            .kernels = kernels};
  try {
    return Autopilot(work, options).run();
  } catch (const Stopped& stopped) {
    ledger.save();
    TuneResult result;
    result.signal = stopped.signal;
    result.spent = ledger.spent();
    return result;
  }
}

}  // namespace coldstart::tune
