// Fuzzes what the planner makes of a CSV file of any bytes: it is refused with an Error, or gives
// laws whose predictions are numbers, and a verdict.
#include <cmath>
#include <string_view>

#include "coldstart/core/error.h"
#include "coldstart/plan/classify.h"
#include "coldstart/plan/predict.h"
#include "coldstart/study/load_trial.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  try {
    const plan::Trial trial =
        study::parse_csv({reinterpret_cast<const char*>(data), size}, "fuzz", {});
    const plan::RunCurve curve = plan::run_curve(trial);
    const plan::Prediction p = plan::predict({&curve, 1}, curve.rates, {.multi_power = false});
    COLDSTART_CHECK(!p.refused.empty() || std::isfinite(p.range.mid), "{}", p.range.mid);
    const plan::TrialClass c = plan::classify_trial(trial, {});
    COLDSTART_CHECK(c.label != plan::Workload::compute_bound || std::isfinite(c.gain.lo), "{}",
                    c.gain.lo);
  } catch (const DataError&) {
  } catch (const ConfigError&) {
  }
  return 0;
}
