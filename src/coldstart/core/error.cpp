#include "coldstart/core/error.h"

namespace coldstart {

void check_failed(const char* condition, const char* file, int line, const std::string& message) {
  throw std::logic_error(
      fmt::format("internal error at {}:{}: {} ({})", file, line, message, condition));
}

}  // namespace coldstart
