#include "coldstart/study/controller.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <map>
#include <thread>

#include "coldstart/core/clock.h"
#include "coldstart/core/error.h"
#include "coldstart/core/exit_status.h"
#include "coldstart/core/files.h"
#include "coldstart/study/controller_lock.h"
#include "coldstart/study/launcher.h"
#include "coldstart/study/preflight.h"
#include "coldstart/study/prepare.h"
#include "coldstart/study/provenance.h"
#include "coldstart/train/interrupt.h"

namespace coldstart::study {

namespace {

constexpr double kTick_s = 0.25;
constexpr double kRefresh_s = 1;  // of running trials
// A trial whose processes are killed again and again must not hold up the study for ever.
constexpr int kMostLosses = 5;

Store open_store(const StudyDirectory& study, StudyObserver& observer) {
  try {
    return Store::open(study);
  } catch (const DatabaseDamaged& error) {
    observer.on_note(fmt::format("{}; made anew from the trial directories", error.what()));
    Store::remove(study);
    return Store::open(study);
  }
}

class Controller {
 public:
  Controller(const StudyDirectory& study, const RunOptions& options, StudyObserver& observer)
      : study_(study),
        options_(options),
        observer_(observer),
        lock_(study.path()),
        store_(open_store(study, observer)),
        launcher_(make_local_launcher()) {}

  RunSummary run() {
    store_.refresh_all();
    make_queue();
    if (!queue_.empty()) record_provenance(study_, options_.program);
    steps_at_start_ = steps_done();
    observer_.on_start(study_, store_.rows());
    const train::InterruptGuard interrupt;
    int signal = 0;
    while (true) {
      if (signal == 0 && interrupt.signal() != 0) {
        signal = interrupt.signal();
        launcher_->stop_all();
      }
      while (signal == 0 && !queue_.empty() && launcher_->running() < options_.jobs) launch_next();
      if (launcher_->running() == 0) break;
      const auto ended = launcher_->wait(kTick_s);
      if (!ended.empty()) finish(ended);
      tick();
    }
    observer_.on_finish(store_.rows(), now_s() - start_s_);
    return {.counts = count(store_.rows()), .signal = queue_.empty() && all_over() ? 0 : signal};
  }

 private:
  void make_queue() {
    std::vector<int64_t> left;
    for (const TrialRow& row : store_.rows()) {
      if (row.state == State::launched || row.state == State::running) {
        launcher_->adopt(row.index, study_.trial(row.index));
      } else if (!is_over(row.state) || (row.state == State::failed && options_.retry_failed)) {
        left.push_back(row.index);
      }
    }
    const auto prepared = prepare_trials(study_, left);
    preflight(study_, store_.rows(), prepared, options_.jobs);
    for (size_t i = 0; i < left.size(); ++i) prepared_[left[i]] = prepared[i];
    queue_.assign(left.begin(), left.end());
  }

  // A trial that was adopted and then lost was not prepared with the queue.
  const PreparedTrial& prepared(int64_t index) {
    const auto [entry, is_new] = prepared_.try_emplace(index);
    if (is_new) entry->second = prepare_trials(study_, {index}).front();
    return entry->second;
  }

  void launch_next() {
    const int64_t index = queue_.front();
    queue_.pop_front();
    const std::filesystem::path trial = study_.trial(index);
    make_directories(trial);
    const int lock = lock_trial(trial);
    if (lock < 0) {  // what a killed worker left is about to die
      launcher_->adopt(index, trial);
      return;
    }
    const TrialPlan plan = study_.plan(index);
    const PreparedTrial& data = prepared(index);
    const int64_t attempt = store_.row(index).attempt + 1;
    const auto threads = static_cast<int64_t>(std::max(1U, std::thread::hardware_concurrency()));
    const Job job = prepare_attempt(study_, plan, attempt, options_.program,
                                    narrow<int>(std::max<int64_t>(1, threads / options_.jobs)));
    write_launch(
        trial, {.index = index,
                .point = plan.point,
                .seed = plan.seed,
                .values = plan.values,
                .attempt = attempt,
                .data_id = data.data_id,
                .unique_tokens = data.unique_tokens,
                .vocab = data.vocab,
                .backend = launcher_->name(),
                .host = host_name(),
                .started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))});
    launcher_->start(job, lock);
    running_.push_back(index);
    observer_.on_launch(store_.refresh(index));
  }

  void finish(const std::vector<int64_t>& ended) {
    store_.refresh(ended, [&](const TrialRow& row) {
      std::erase(running_, row.index);
      const bool again =
          row.state == State::lost || row.state == State::launched || row.state == State::running;
      if (again && ++losses_[row.index] <= kMostLosses) {
        queue_.push_front(row.index);
      } else if (again) {
        write_result(study_.trial(row.index),
                     {.attempt = row.attempt,
                      .state = State::failed,
                      .reason = plan::Reason::crash,
                      .note = fmt::format("its processes were killed from outside {} times",
                                          kMostLosses + 1)});
        lost_for_good_.push_back(row.index);
      }
      observer_.on_end(row);
    });
    if (!lost_for_good_.empty()) store_.refresh(lost_for_good_, [](const TrialRow&) {});
    lost_for_good_.clear();
  }

  void tick() {
    const double now = now_s();
    if (now - refreshed_s_ >= kRefresh_s) {
      refreshed_s_ = now;
      store_.refresh(running_, [](const TrialRow&) {});
      lock_.heartbeat();
    }
    if (now - ticked_s_ < kTick_s) return;
    ticked_s_ = now;
    observer_.on_tick(store_.rows(), left_s());
  }

  double steps_done() const {
    double steps = 0;
    for (const TrialRow& row : store_.rows())
      steps += is_over(row.state) ? max_steps()
                                  : static_cast<double>(std::max<int64_t>(0, row.log.last_step));
    return steps;
  }
  double max_steps() const { return static_cast<double>(study_.spec().max_steps); }

  double left_s() const {
    const double done = steps_done(), made = done - steps_at_start_;
    const double all = max_steps() * static_cast<double>(study_.trials());
    return made > 0 ? (all - done) * (now_s() - start_s_) / made : -1;
  }

  bool all_over() const {
    return std::ranges::all_of(store_.rows(),
                               [](const TrialRow& row) { return is_over(row.state); });
  }

  const StudyDirectory& study_;
  const RunOptions& options_;
  StudyObserver& observer_;
  ControllerLock lock_;
  Store store_;
  std::unique_ptr<Launcher> launcher_;
  std::deque<int64_t> queue_;
  std::vector<int64_t> running_, lost_for_good_;
  std::map<int64_t, PreparedTrial> prepared_;
  std::map<int64_t, int> losses_;
  const double start_s_ = now_s();
  double refreshed_s_ = 0, ticked_s_ = 0, steps_at_start_ = 0;
};

}  // namespace

Counts count(const std::vector<TrialRow>& rows) {
  Counts counts;
  for (const TrialRow& row : rows) {
    switch (row.state) {
      case State::planned:
        ++counts.planned;
        break;
      case State::launched:
      case State::running:
        ++counts.running;
        break;
      case State::finished:
        ++counts.finished;
        break;
      case State::infeasible:
        ++counts.infeasible;
        break;
      case State::failed:
        ++counts.failed;
        break;
      case State::stopped:
      case State::lost:
        ++counts.stopped;
        break;
    }
  }
  return counts;
}

int RunSummary::exit_code() const {
  if (signal != 0) return 128 + signal;
  return counts.failed + counts.stopped + counts.running + counts.planned > 0 ? kRefused.value
                                                                              : kOk.value;
}

RunSummary run_study(const StudyDirectory& study, const RunOptions& options,
                     StudyObserver& observer) {
  if (options.jobs < 1 || options.jobs > 10'000)
    throw ConfigError("--jobs", fmt::format("{} is no number of jobs", options.jobs),
                      "expected 1 or more");
  return Controller(study, options, observer).run();
}

int64_t rebuild(const StudyDirectory& study) {
  const ControllerLock lock(study.path());
  Store::remove(study);
  Store store = Store::open(study);
  store.refresh_all();
  return std::ssize(store.rows());
}

}  // namespace coldstart::study
