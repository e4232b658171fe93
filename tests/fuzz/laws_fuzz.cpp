// Fuzzes the fits of both laws with curves of any numbers and any history of the rate: a curve is
// refused with a DataError, or the law that comes out has finite parameters and gives a finite loss
// wherever it is asked.
#include <cmath>
#include <cstring>
#include <span>

#include "coldstart/core/error.h"
#include "coldstart/plan/fitted_law.h"
#include "coldstart/plan/run_curve.h"

namespace {

// Numbers from the bytes, zeros when there are no more.
class Bytes {
 public:
  explicit Bytes(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  template <class T>
  T take() {
    T value{};
    const size_t count = std::min(sizeof value, bytes_.size());
    std::memcpy(&value, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
    return value;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace coldstart;
  Bytes bytes({data, size});
  plan::Trial trial;
  trial.name = "fuzz";
  trial.state = plan::TrialState::finished;
  const auto drop = static_cast<double>(bytes.take<uint8_t>() % 3) / 10;
  const bool raw = bytes.take<uint8_t>() % 2;  // any double, or a loss with a few digits
  int64_t step = 0;
  while (!bytes.empty() && trial.evals.size() < 200) {
    step += bytes.take<uint8_t>();
    trial.evals.step.push_back(step);
    trial.evals.val.push_back(raw ? bytes.take<double>()
                                  : static_cast<double>(bytes.take<uint16_t>()) / 1000);
    trial.steps.step.push_back(step);
    trial.steps.lr.push_back(raw ? bytes.take<float>()
                                 : static_cast<double>(bytes.take<uint8_t>()) / 1e5);
  }
  try {
    const plan::RunCurve curve = plan::run_curve(trial);
    for (const bool multi_power : {false, true}) {
      const plan::FittedLaw law = multi_power ? plan::fit_multi_power({&curve, 1}, drop)
                                              : plan::fit_annealing({&curve, 1}, 0.999, drop);
      for (const double times : {0.5, 1.0})
        COLDSTART_CHECK(std::isfinite(law.loss(curve.rates, times * curve.last)), "{} at {}",
                        law.name(), times);
    }
  } catch (const DataError&) {
  }
  return 0;
}
