#include "coldstart/core/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include <cstdlib>

namespace coldstart {
namespace {

TEST(TerminalColumns, AreThoseOfTheTerminal) {
  const int controller = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(controller, 0);
  std::FILE* terminal = fdopen(controller, "w");
  winsize size{};
  ASSERT_EQ(ioctl(controller, TIOCSWINSZ, &size), 0);
  EXPECT_EQ(terminal_columns(terminal, 80), 80) << "a terminal that does not say";
  size.ws_col = 57;
  ASSERT_EQ(ioctl(controller, TIOCSWINSZ, &size), 0);
  EXPECT_EQ(terminal_columns(terminal, 80), 57);
  std::fclose(terminal);
}

TEST(TerminalColumns, OfAFileAreWhatIsGiven) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(terminal_columns(file, 80), 80);
  std::fclose(file);
}

}  // namespace
}  // namespace coldstart
