// A learning-rate schedule is a value: make one, print it, and see what a longer run keeps.
//
// With a trapezoid, warmup and hold are the same for every length: a longer run goes on from the
// shorter one's trunk, and only the decay is new. With a cosine every step differs.
#include <fmt/format.h>

#include <string>

#include "coldstart/schedule/make.h"

using namespace coldstart::schedule;

// The first step at which two schedules differ; trunk checkpoints up to there serve both runs.
int64_t shared_steps(const Schedule& a, const Schedule& b) {
  int64_t step = 0;
  while (step < a.total() && a.lr(step) == b.lr(step)) ++step;
  return step;
}

int main() {
  for (const Shape shape : {Shape::trapezoid, Shape::cosine}) {
    ScheduleOptions options;
    options.shape = shape;
    if (shape == Shape::trapezoid) options.cooldown = 0.2;
    const Schedule run = make_schedule(options, {.steps = 1000, .base = 1e-3});
    if (shape == Shape::trapezoid) options.cooldown = 0.1;  // the decay keeps its 200 steps
    const Schedule longer = make_schedule(options, {.steps = 2000, .base = 1e-3});

    fmt::print("{}\n", describe(run));
    for (int64_t step = 0; step < run.total(); step += 100) {
      const auto width = static_cast<size_t>(50 * run.factor(step));
      fmt::print("  {:4}  {:.2e}  {}\n", step, run.lr(step), std::string(width, '#'));
    }
    fmt::print("a run of {} steps shares its first {} steps with this one\n\n", longer.total(),
               shared_steps(run, longer));
  }
}
