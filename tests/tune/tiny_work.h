// What a phase of the autopilot works on, set up by hand: the text is prepared, nothing is run.
#pragma once

#include <filesystem>
#include <string>

#include "coldstart/core/clock.h"
#include "coldstart/tune/data_split.h"
#include "tests/data/temp_dir.h"
#include "tests/tune/tiny_model.h"

namespace coldstart::tune {

class TinyWork {
 public:
  // The smallest model on `text`, with a budget of so many steps of it.
  explicit TinyWork(int64_t steps, const std::string& text = {})
      : options_(tiny_question(directory_.path(), steps)) {
    if (!text.empty()) options_.text = text;
    split_ = split_text(options_.text, work.data(), work.test());
    settle(work, "data", [&] {
      return Decision{.numbers = {{"train_tokens", static_cast<double>(split_.train_tokens)}}};
    });
    work.base = train::load_config(options_.model);
    work.base.data.path = work.data().string();
    work.base.train.eval_tokens = 64;
    work.base.train.threads = 1;
  }

 private:
  data::TempDir directory_;
  TuneOptions options_;
  bool made_ = std::filesystem::create_directories(options_.out);
  std::unique_ptr<kernels::Kernels> kernels_ = kernels::make_cpu_kernels();
  Journal journal_{options_.out};
  Ledger ledger_{options_.out, options_.budget, now_s()};
  TuneObserver nobody_;
  Runs runs_{options_.out, journal_, ledger_, nobody_, *kernels_};
  SplitText split_;

 public:
  Work work{.options = options_,
            .journal = journal_,
            .ledger = ledger_,
            .runs = runs_,
            .observer = nobody_,
            .kernels = *kernels_};
};

}  // namespace coldstart::tune
