#include "coldstart/metrics/metrics_page.h"

#include <fmt/format.h>

#include "coldstart/metrics/diagnosis.h"
#include "coldstart/metrics/registry.h"

namespace coldstart::metrics {

namespace {

constexpr const char* kIntroduction = R"(# Measures of a run

This page is made by `coldstart docs metrics` from the measures' own descriptions.

What is measured, how often and at which levels is said in the table `[metrics]`
([options](options.md)):

<!-- run with: train --steps 20 --quiet -->
```sh
coldstart train tiny --measure default,stable_rank,rrc@100 --granularity model,role@5,tensor@50
```

`measure` is a list of names. `default` stands for those that are on by themselves, `all` for
every one, `none` for nothing; `-NAME` takes one out again. `NAME@100` measures at every hundredth
step, `NAME@eval` at evaluations; a later word wins. `granularity` is the list of levels, each with
an interval of its own if it is not to be written at every step. A value is written when the turns
of its measure and of its level have both come, and at evaluations at every level that is listed. In
the first `first_steps` steps, where a run is decided, the measures that cost nothing come at every
`first_steps_every` steps and at all listed levels.

## Names in metrics.jsonl

A record of type `metrics` belongs to the `train` record of the same step; that of step 0 is of the
untrained model. Its keys are `<name>/<place>`:

| place | what it is |
|---|---|
| `model` | all parameters |
| `role/<role>` | all parameters of a role: `attention_query`, `mlp_in`, `norm_gain`, ... |
| `<parameter>` | one parameter, as in `h.0.attn.q.weight`; q, k and v stand apart |
| `rows/<parameter>` | `[minimum, lower quartile, median, upper quartile, maximum]` over the rows (neurons) of a matrix |

A value that is not defined (the cosine with a zero momentum, the angle of a zero vector) is left
out; 0 always means 0. Values have seven digits. With the default options a run of 4 layers writes
about 0.6 kB a step beside its `train` record, and 3 kB with 12 layers.

Angles are in radians, from sums in double by the half-chord formula. Everything is measured from
weights and gradients; where an optimizer is taken at its word the name or the meaning says
"claimed".
)";

constexpr const char* kExpectedRanges = R"(
## Expected ranges, and the diagnosis at the end of a run

When a run ends, the measures of its early phase (the first tenth of the run, 50 steps at least; of a
diverged run also as many before its end) are held against these ranges. What is outside is said in
one or two sentences at the end of the console's output, in `status.json` and, with all further
findings, in `summary.txt`: which layer, how far outside, in which steps, and which option addresses
it. Measures that were not recorded say nothing.

)";

constexpr const char* kWhereRangesComeFrom = R"(
The angle and `rrc.train` were set by the small GPT of [the findings](findings.md) (one seed): in the
first 50 steps of AdamW with warmup, at rates of 0.008 and 0.016, matrices turn by 0.08 to 0.12 rad an
update at most, and outputs change by 0.29. Without warmup these are 0.20 rad and 0.23 at 0.002, which
is as good as with it; 0.38 rad and 0.35 at 0.004, which still is; 0.69 rad and 0.57 at 0.008, which
ends 0.4 nats higher. The ratio to the equilibrium angle reaches 24 in runs with warmup that end well,
so it is no sign by itself: small initial weights turn fast before they have grown.
)";

}  // namespace

std::string interval_text(const MetricInfo& info) {
  if (info.interval.steps == 1) return "every step";
  if (info.interval.steps > 1) return fmt::format("every {} steps", info.interval.steps);
  return "evaluations";
}

std::string metrics_page() {
  std::string page = kIntroduction;
  page +=
      "\n## Measures\n\n| measure | on | interval | cost | what it is |\n|---|---|---|---|---|\n";
  for (const MetricInfo& info : builtin_metrics()) {
    page += fmt::format("| {} | {} | {} | {} | {} |\n", info.name,
                        info.on_by_default ? "by default" : "on request", interval_text(info),
                        info.cost, info.meaning);
  }
  page += "\n`coldstart bench metrics` measures what each costs on this machine.\n";
  page += kExpectedRanges + expected_ranges_table() + kWhereRangesComeFrom;
  page += "\n## All names\n\n| name | meaning |\n|---|---|\n";
  for (const MetricInfo& info : builtin_metrics()) {
    for (const MetricPart& part : info.parts)
      page += fmt::format("| `{}{}` | {} |\n", info.name, part.suffix, part.meaning);
  }
  return page;
}

std::string cost_lines() {
  std::string text;
  for (const MetricInfo& info : builtin_metrics()) {
    if (!info.on_by_default)
      text += fmt::format("  {:<15} {:<12} {}\n", info.name, interval_text(info), info.cost);
  }
  return text;
}

}  // namespace coldstart::metrics
