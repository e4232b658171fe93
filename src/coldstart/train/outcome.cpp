#include "coldstart/train/outcome.h"

#include "coldstart/core/exit_status.h"

namespace coldstart::train {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::interrupted:
      return "interrupted";
    case Outcome::diverged:
      return "diverged";
    case Outcome::timed_out:
      return "timed_out";
  }
  return "";
}

int RunResult::exit_code() const {
  switch (outcome) {
    case Outcome::finished:
      return kOk.value;
    case Outcome::interrupted:
      return 128 + signal;
    case Outcome::diverged:
      return kUnstable.value;
    case Outcome::timed_out:
      return kTimeLimit.value;
  }
  return kInternalError.value;
}

}  // namespace coldstart::train
