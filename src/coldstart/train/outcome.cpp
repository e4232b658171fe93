#include "coldstart/train/outcome.h"

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
      return 0;
    case Outcome::interrupted:
      return 128 + signal;
    case Outcome::diverged:
      return 3;
    case Outcome::timed_out:
      return 4;
  }
  return 1;
}

}  // namespace coldstart::train
