// A warmup study with known results.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <string>

#include "coldstart/plan/trial.h"

namespace coldstart::study {

inline constexpr double kNoise[] = {-0.01, 0.0, 0.01};  // of the seeds; standard deviation 0.01

// Two optimizers, three warmups, five rates, three seeds; the best rate is the middle one. loss
// gives the mean at the best rate; NaN: every rate diverges.
inline plan::Study warmup_grid(
    const std::function<double(const std::string& optimizer, const std::string& warmup)>& loss,
    double best_log_lr = -3) {
  plan::Study study;
  study.name = "w";
  study.space = {
      {.name = "optimizer.name", .scale = plan::Scale::choice, .choices = {"adamw", "lion_ar"}},
      {.name = "schedule.warmup", .scale = plan::Scale::choice, .choices = {"0", "2%", "5%"}},
      {.name = "optimizer.lr", .scale = plan::Scale::log, .lo = 1e-4, .hi = 1e-2}};
  for (const char* optimizer : {"adamw", "lion_ar"})
    for (const char* warmup : {"0", "2%", "5%"})
      for (const double log_lr : {-4.0, -3.5, -3.0, -2.5, -2.0})
        for (size_t seed = 0; seed < 3; ++seed) {
          plan::Trial trial;
          trial.index = std::ssize(study.trials);
          trial.values = {{"optimizer.name", optimizer},
                          {"schedule.warmup", warmup},
                          {"optimizer.lr", fmt::format("{}", std::pow(10, log_lr))}};
          trial.seed = static_cast<int64_t>(seed) + 1;
          const double value =
              loss(optimizer, warmup) + std::abs(log_lr - best_log_lr) * 0.1 + kNoise[seed];
          trial.state =
              std::isnan(value) ? plan::TrialState::infeasible : plan::TrialState::finished;
          trial.evals.step = {50, 100};
          trial.evals.val = {value + 1, value};
          study.trials.push_back(std::move(trial));
        }
  return study;
}

// The trials of a rate do not train.
inline void diverge_at(plan::Study& study, double log_lr) {
  for (plan::Trial& trial : study.trials)
    if (trial.values["optimizer.lr"] == fmt::format("{}", std::pow(10, log_lr))) {
      trial.state = plan::TrialState::infeasible;
      trial.reason = plan::Reason::diverged;
    }
}

}  // namespace coldstart::study
