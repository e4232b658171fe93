#include "coldstart/tune/console.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/clock.h"
#include "coldstart/core/terminal.h"

namespace coldstart::tune {

namespace {

class Silent : public TuneObserver {};

class JsonLines : public TuneObserver {
 public:
  explicit JsonLines(std::FILE* out) : out_(out) {}

  void on_phase(const PhaseInfo& phase) override {
    print(io::JsonRecord()
              .add("type", "phase")
              .add("number", phase.number)
              .add("of", phase.of)
              .add("name", phase.name)
              .add("question", phase.question));
  }
  void on_run(const RunProgress& run) override {
    print(io::JsonRecord()
              .add("type", "run")
              .add("name", run.name)
              .add("why", run.why)
              .add("from", run.from)
              .add("to", run.to));
  }
  void on_run_end(const std::string& name, const std::string& text) override {
    print(io::JsonRecord().add("type", "run_end").add("name", name).add("text", text));
  }
  void on_decision(const Decision& decision, bool earlier) override {
    print(to_record(decision).add("earlier", earlier));
  }

 private:
  void print(const io::JsonRecord& record) {
    fmt::print(out_, "{}\n", record.line());
    std::fflush(out_);
  }

  std::FILE* out_;
};

// Lines for people; how a run under way shows is up to the two below.
class HumanLines : public TuneObserver {
 public:
  explicit HumanLines(std::FILE* out) : out_(out) {}

  void on_phase(const PhaseInfo& phase) override {
    phase_ = phase;
    say(fmt::format("\n[{}/{}] {}: {}", phase.number, phase.of, phase.name, phase.question));
  }
  void on_decision(const Decision& decision, bool earlier) override {
    say(fmt::format("  {} {}  ({})", decision.question, decision.answer,
                    earlier ? std::string("decided before") : cost_text(decision.cost)));
    if (earlier) return;
    for (const std::string& caveat : decision.caveats) say("    caveat: " + caveat);
  }

 protected:
  std::string progress(const RunProgress& run, const Ledger& ledger) const {
    const auto unit = ledger.budget().unit;
    return fmt::format("  [{}/{}] {}  step {}/{}  loss {:.3f}  {} left", phase_.number, phase_.of,
                       run.why, run.step, run.to, run.loss,
                       amount_text(unit, std::max(0.0, ledger.left())));
  }
  virtual void say(const std::string& text) {
    fmt::print(out_, "{}\n", text);
    std::fflush(out_);
  }
  std::FILE* out() const { return out_; }

 private:
  std::FILE* out_;
  PhaseInfo phase_;
};

constexpr double kPlainInterval_s = 10, kLiveInterval_s = 0.2;

class PlainLines : public HumanLines {
 public:
  using HumanLines::HumanLines;

  void on_step(const RunProgress& run, const Ledger& ledger) override {
    if (now_s() - said_s_ < kPlainInterval_s) return;
    said_s_ = now_s();
    say(progress(run, ledger));
  }
  void on_run_end(const std::string& name, const std::string& text) override {
    say(fmt::format("  {}: {}", name, text));
  }

 private:
  double said_s_ = now_s();
};

class LiveLine : public HumanLines {
 public:
  using HumanLines::HumanLines;

  void on_step(const RunProgress& run, const Ledger& ledger) override {
    if (now_s() - drawn_s_ < kLiveInterval_s) return;
    drawn_s_ = now_s();
    const int columns = std::max(terminal_columns(out(), 80) - 1, 1);
    const std::string line = progress(run, ledger);
    fmt::print(out(), "\r\x1b[K{}", line.substr(0, static_cast<size_t>(columns)));
    std::fflush(out());
  }

 protected:
  void say(const std::string& text) override {
    fmt::print(out(), "\r\x1b[K");
    HumanLines::say(text);
  }

 private:
  double drawn_s_ = 0;
};

}  // namespace

std::unique_ptr<TuneObserver> make_tune_console(train::ConsoleMode mode, std::FILE* out) {
  switch (mode) {
    case train::ConsoleMode::live:
      return std::make_unique<LiveLine>(out);
    case train::ConsoleMode::plain:
      return std::make_unique<PlainLines>(out);
    case train::ConsoleMode::json:
      return std::make_unique<JsonLines>(out);
    case train::ConsoleMode::quiet:
      break;
  }
  return std::make_unique<Silent>();
}

}  // namespace coldstart::tune
