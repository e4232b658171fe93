#include "coldstart/tune/ledger.h"

#include <utility>

#include "coldstart/core/files.h"
#include "coldstart/io/json_record.h"

namespace coldstart::tune {

namespace {

constexpr const char* kFile = "clock.json";
constexpr double kInterval_s = 2;

}  // namespace

Ledger::Ledger(const std::filesystem::path& directory, Budget budget, double started_s, Clock clock)
    : file_(directory / kFile),
      budget_(budget),
      clock_(std::move(clock)),
      started_s_(started_s),
      saved_s_(started_s) {
  if (std::filesystem::exists(file_))
    earlier_s_ =
        io::JsonRecord::parse(read_file(file_), file_.string()).number("seconds").value_or(0);
}

void Ledger::remove_from(const std::filesystem::path& directory) {
  std::filesystem::remove(directory / kFile);
}

Cost Ledger::spent() const {
  Cost cost = training_;
  cost.seconds = earlier_s_ + clock_() - started_s_;
  return cost;
}

double Ledger::left() const { return budget_.amount - spent().in(budget_.unit); }

void Ledger::train(double tokens, double flops) {
  training_ += Cost{.seconds = 0, .tokens = tokens, .flops = flops};
}

void Ledger::tick() {
  if (clock_() - saved_s_ >= kInterval_s) save();
}

void Ledger::save() {
  saved_s_ = clock_();
  write_file_atomic(file_, io::JsonRecord().add("seconds", spent().seconds).line() + "\n");
}

Cost CostMeter::cost() const {
  Cost cost = ledger_.spent();
  cost += {.seconds = -start_.seconds, .tokens = -start_.tokens, .flops = -start_.flops};
  return cost;
}

}  // namespace coldstart::tune
