#include "coldstart/core/shell_word.h"

#include <gtest/gtest.h>

#include "tests/e2e/run_program.h"

namespace coldstart {
namespace {

TEST(ShellWord, PlainWordsStayAsTheyAre) {
  for (const char* word : {"runs/a", "builtin:headers", "--lr=3e-4", "a_b-c.d,e@f%g+h"})
    EXPECT_EQ(shell_word(word), word);
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("my text"), "'my text'");
}

TEST(ShellWord, AShellReadsBackWhatWasMeant) {
  for (const std::string word :
       {"my text.txt", "it's", "''", "$HOME `id` \"x\" \\ * ~", "a\nb", ""}) {
    const auto said = run_command({"sh", "-c", "printf %s " + shell_word(word)}, "");
    EXPECT_EQ(said.status, 0) << word;
    EXPECT_EQ(said.out, word);
  }
}

}  // namespace
}  // namespace coldstart
