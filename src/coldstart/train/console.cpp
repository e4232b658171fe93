#include "coldstart/train/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>

#include "coldstart/core/clock.h"
#include "coldstart/core/terminal.h"
#include "coldstart/core/text.h"
#include "coldstart/train/progress_bar.h"

namespace coldstart::train {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = variable(name);
    if (!value.empty())
      return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

// 1, 2, 5, 10, 20, 50, ...
bool is_round_step(int64_t step) {
  while (step > 0 && step % 10 == 0) step /= 10;
  return step == 1 || step == 2 || step == 5;
}

// "eval at step 100   val 0.8123 nats, accuracy 0.712, f1 0.698   train 0.7411, accuracy 0.741"
std::string class_line(const EvalRecord& r) {
  std::string val, train;
  for (const auto& [name, value] : r.scores) {
    if (name.find('.') != std::string::npos) continue;  // of a class
    const bool is_val = name.starts_with("val_");
    (is_val ? val : train) += fmt::format(", {} {:.4f}", name.substr(is_val ? 4 : 6), value);
  }
  return fmt::format("eval at step {:>6}   val {:.4f} nats{}   train {:.4f}{}", r.step, r.val_loss,
                     val, r.train_loss, train);
}

class Silent : public RunObserver {};

class JsonLines : public RunObserver {
 public:
  explicit JsonLines(std::FILE* out) : out_(out) {}

  void on_start(const RunFacts& facts) override {
    io::JsonRecord record;
    record.add("type", "start")
        .add("first_step", facts.first_step)
        .add("total_steps", facts.total_steps)
        .add("tokens_per_step", facts.tokens_per_step)
        .add("flops_per_token", facts.flops_per_token)
        .add("peak_gflops", facts.peak_gflops);
    for (const auto& [label, text] : facts.table) record.add("table." + label, text);
    print(record);
  }
  void on_step(const StepRecord& record, const TimeAccount&) override { print(to_record(record)); }
  void on_metrics(const io::JsonRecord& record) override { print(record); }
  void on_warning(int64_t step, const std::string& text) override {
    print(warning_record(step, text));
  }
  void on_note(int64_t step, const std::string& text) override {
    print(io::JsonRecord().add("type", "note").add("step", step).add("text", text));
  }
  void on_eval(const EvalRecord& record) override { print(to_record(record)); }
  void on_checkpoint(int64_t step, const std::string& path) override {
    print(io::JsonRecord().add("type", "checkpoint").add("step", step).add("path", path));
  }
  void on_finish(const RunResult& result, const TimeAccount& times) override {
    io::JsonRecord record;
    record.add("type", "end")
        .add("outcome", std::string(outcome_name(result.outcome)))
        .add("step", result.step)
        .add("reason", result.reason)
        .add("tokens", result.tokens)
        .add("elapsed_s", result.elapsed_s)
        .add("train_s", times.train_s)
        .add("metrics_s", times.metrics_s)
        .add("eval_s", times.eval_s)
        .add("data_s", times.data_s)
        .add("checkpoint_s", times.checkpoint_s);
    if (!result.diagnosis.empty()) record.add("diagnosis", result.diagnosis);
    if (result.best_val_loss) {
      record.add("best_val_loss", *result.best_val_loss).add("best_val_step", result.best_val_step);
    }
    print(record);
  }

 private:
  void print(const io::JsonRecord& record) {
    fmt::print(out_, "{}\n", record.line());
    std::fflush(out_);
  }

  std::FILE* out_;
};

// The start-up table, evaluations and the end, for people; how steps show is up to the two below.
class HumanLines : public RunObserver {
 public:
  explicit HumanLines(std::FILE* out) : out_(out) {}

  void on_start(const RunFacts& facts) override {
    facts_ = facts;
    last_tokens_ = facts.first_tokens;
    start_s_ = now_s();
    size_t widest = 0;
    for (const auto& [label, text] : facts.table) widest = std::max(widest, label.size());
    for (const auto& [label, text] : facts.table) {
      fmt::print(out_, "{}", table_row(label, widest, text, columns(kUnlimited)));
    }
    fmt::print(out_, "\n");
    std::fflush(out_);
  }
  void on_step(const StepRecord& record, const TimeAccount& times) override {
    const auto done = static_cast<double>(record.tokens - facts_.first_tokens);
    const int64_t left = std::max<int64_t>(0, facts_.total_tokens - record.tokens);
    const int64_t batch = std::max<int64_t>(1, record.tokens - last_tokens_);
    last_tokens_ = record.tokens;
    const double elapsed = now_s() - start_s_;
    const double busy_s = times.train_s + times.metrics_s + times.data_s;
    const double tokens_per_s = busy_s > 0 ? done / busy_s : 0;
    state_ = {.step = record.step,
              .total_steps = facts_.steps_known ? facts_.total_steps
                                                : record.step + (left + batch - 1) / batch,
              .loss = record.loss,
              .lr = record.lr,
              .grad_norm = record.grad_norm,
              .tokens_per_s = tokens_per_s,
              .fraction_of_peak = facts_.peak_gflops > 0 ? tokens_per_s * facts_.flops_per_token /
                                                               (facts_.peak_gflops * 1e9)
                                                         : 0,
              .left_s = done > 0 ? elapsed / done * static_cast<double>(left) : 0};
    show_step();
  }
  void on_warning(int64_t step, const std::string& text) override {
    say(fmt::format("warning at step {}: {}", step, text));
  }
  void on_note(int64_t step, const std::string& text) override {
    say(fmt::format("step {}: {}", step, text));
  }
  void on_eval(const EvalRecord& r) override {
    if (!r.scores.empty()) return say(class_line(r));
    say(fmt::format("eval at step {:>6}   val {:.4f} nats/token, {:.4f} bits/byte   train {:.4f}",
                    r.step, r.val_loss, r.val_bits_per_byte, r.train_loss));
  }
  void on_finish(const RunResult& result, const TimeAccount& times) override {
    std::string text = fmt::format("{} at step {}", outcome_name(result.outcome), result.step);
    if (!result.reason.empty()) text += ": " + result.reason;
    say(text);
    if (!result.diagnosis.empty()) say("diagnosis: " + result.diagnosis);
    say(fmt::format("took {} (training {}, measures {}, evaluation {}, data {}, checkpoints {})",
                    human_duration(result.elapsed_s), human_duration(times.train_s),
                    human_duration(times.metrics_s), human_duration(times.eval_s),
                    human_duration(times.data_s), human_duration(times.checkpoint_s)));
  }

 protected:
  virtual void show_step() = 0;
  virtual void say(const std::string& line) = 0;

  // Of a line. Less than the terminal has: a full last column makes some terminals wrap, and so
  // would the ^C that they echo, and leave the bar standing.
  int columns(int without_terminal) const {
    const int all = terminal_columns(out_, 0);
    return all == 0 ? without_terminal : std::max(all - 3, 1);
  }

  std::FILE* out_;
  ProgressState state_;

 private:
  static constexpr int kUnlimited = std::numeric_limits<int>::max();

  RunFacts facts_;
  int64_t last_tokens_ = 0;
  double start_s_ = 0;
};

class PlainLines : public HumanLines {
 public:
  using HumanLines::HumanLines;

 private:
  static constexpr double kInterval_s = 10;

  void show_step() override {
    const double now = now_s();
    const bool last = state_.step == state_.total_steps;
    if (!last && !is_round_step(state_.step) && now - shown_s_ < kInterval_s) return;
    shown_s_ = now;
    say(plain_line(state_));
  }
  void say(const std::string& line) override {
    fmt::print(out_, "{}\n", line);
    std::fflush(out_);
  }

  double shown_s_ = 0;
};

class LiveBar : public HumanLines {
 public:
  using HumanLines::HumanLines;
  ~LiveBar() override { clear(); }

 private:
  static constexpr double kInterval_s = 0.2;

  void show_step() override {
    const double now = now_s();
    if (state_.step != state_.total_steps && now - shown_s_ < kInterval_s) return;
    shown_s_ = now;
    drawn_ = true;
    put(fmt::format("\r{}\033[K", progress_line(state_, columns(77), unicode_)));
  }
  void say(const std::string& line) override {
    // The bar makes room and comes back with the next step.
    put(fmt::format("{}{}\n", drawn_ ? "\r\033[K" : "", line));
    drawn_ = false;
    shown_s_ = 0;
  }
  void clear() {
    if (drawn_) put("\r\033[K");
    drawn_ = false;
  }
  void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }

  const bool unicode_ = locale_is_utf8();
  bool drawn_ = false;
  double shown_s_ = 0;
};

}  // namespace

ConsoleMode console_mode(bool json, bool quiet, std::FILE* out) {
  if (json) return ConsoleMode::json;
  if (quiet) return ConsoleMode::quiet;
  const std::string terminal = variable("TERM");
  const bool can_redraw = isatty(fileno(out)) != 0 && !terminal.empty() && terminal != "dumb";
  return can_redraw ? ConsoleMode::live : ConsoleMode::plain;
}

std::unique_ptr<RunObserver> make_console(ConsoleMode mode, std::FILE* out) {
  switch (mode) {
    case ConsoleMode::live:
      return std::make_unique<LiveBar>(out);
    case ConsoleMode::plain:
      return std::make_unique<PlainLines>(out);
    case ConsoleMode::json:
      return std::make_unique<JsonLines>(out);
    case ConsoleMode::quiet:
      break;
  }
  return std::make_unique<Silent>();
}

}  // namespace coldstart::train
