#include "coldstart/study/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include "coldstart/core/terminal.h"
#include "coldstart/core/text.h"
#include "coldstart/io/json_record.h"

namespace coldstart::study {

namespace {

std::string finish_text(const std::vector<TrialRow>& rows, double elapsed_s) {
  const Counts c = count(rows);
  std::string text =
      fmt::format("{} of {} trials over in {}: {} finished, {} infeasible, {} failed\n", c.over(),
                  rows.size(), human_duration(elapsed_s), c.finished, c.infeasible, c.failed);
  if (c.over() < std::ssize(rows)) text += "the rest goes on with the same command\n";
  return text;
}

class Lines : public StudyObserver {
 public:
  explicit Lines(std::FILE* out) : out_(out) {}

  void on_start(const StudyDirectory& study, const std::vector<TrialRow>& rows) override {
    max_steps_ = study.spec().max_steps;
    const Counts c = count(rows);
    print(fmt::format("{}: {} trials of {} steps, {} over\n", study.name(), rows.size(), max_steps_,
                      c.over()));
  }
  void on_note(const std::string& text) override { print(text + "\n"); }
  void on_end(const TrialRow& row) override { print(trial_line(row) + "\n"); }
  void on_finish(const std::vector<TrialRow>& rows, double elapsed_s) override {
    print(finish_text(rows, elapsed_s));
  }

 protected:
  virtual void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }
  std::FILE* out_;
  int64_t max_steps_ = 0;
};

// Ended trials scroll by above the table. One write a frame; the cursor is never hidden.
class Live : public Lines {
 public:
  using Lines::Lines;

  void on_tick(const std::vector<TrialRow>& rows, double left_s) override {
    const auto lines = live_lines(rows, max_steps_, left_s, terminal_columns(out_, 80) - 1);
    std::string table;
    for (const std::string& line : lines) table += line + "\n";
    table_ = std::move(table);
    height_next_ = static_cast<int>(lines.size());
    print("");
  }
  void on_finish(const std::vector<TrialRow>& rows, double elapsed_s) override {
    table_.clear();
    height_next_ = 0;
    print(finish_text(rows, elapsed_s));
  }

 protected:
  void print(const std::string& text) override {
    std::string frame = height_ > 0 ? fmt::format("\x1b[{}A\x1b[J", height_) : "";
    frame += text + table_;
    height_ = height_next_;
    Lines::print(frame);
  }

 private:
  std::string table_;
  int height_ = 0, height_next_ = 0;
};

class Json : public StudyObserver {
 public:
  explicit Json(std::FILE* out) : out_(out) {}
  void on_note(const std::string& text) override {
    print(io::JsonRecord().add("type", "note").add("text", text));
  }
  void on_launch(const TrialRow& row) override {
    print(
        io::JsonRecord().add("type", "launch").add("trial", row.index).add("attempt", row.attempt));
  }
  void on_end(const TrialRow& row) override {
    io::JsonRecord record;
    record.add("type", "end").add("trial", row.index).add("attempt", row.attempt);
    record.add("state", std::string(enum_name(row.state)))
        .add("reason", std::string(enum_name(row.reason)));
    record.add("note", row.note).add("step", row.log.last_step);
    if (row.best) record.add("best", *row.best).add("best_step", row.best_step);
    print(record);
  }
  void on_finish(const std::vector<TrialRow>& rows, double elapsed_s) override {
    const Counts c = count(rows);
    print(io::JsonRecord()
              .add("type", "study")
              .add("trials", std::ssize(rows))
              .add("finished", c.finished)
              .add("infeasible", c.infeasible)
              .add("failed", c.failed)
              .add("stopped", c.stopped)
              .add("planned", c.planned)
              .add("elapsed_s", elapsed_s));
  }

 private:
  void print(const io::JsonRecord& record) {
    const std::string line = record.line() + "\n";
    std::fwrite(line.data(), 1, line.size(), out_);
    std::fflush(out_);
  }
  std::FILE* out_;
};

}  // namespace

std::unique_ptr<StudyObserver> make_study_console(train::ConsoleMode mode, std::FILE* out) {
  switch (mode) {
    case train::ConsoleMode::live:
      return std::make_unique<Live>(out);
    case train::ConsoleMode::plain:
      return std::make_unique<Lines>(out);
    case train::ConsoleMode::json:
      return std::make_unique<Json>(out);
    case train::ConsoleMode::quiet:
      break;
  }
  return std::make_unique<StudyObserver>();
}

}  // namespace coldstart::study
