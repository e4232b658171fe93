#include "coldstart/core/terminal.h"

#include <sys/ioctl.h>

namespace coldstart {

int terminal_columns(std::FILE* out, int otherwise) {
  winsize size{};
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}

}  // namespace coldstart
