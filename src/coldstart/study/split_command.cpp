#include "coldstart/study/split_command.h"

#include "coldstart/core/error.h"

namespace coldstart::study {

std::vector<std::string> split_command(std::string_view line, std::string_view where) {
  std::vector<std::string> words;
  bool open = false;  // a word has begun
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == 0 && blank) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != 0)
    throw ConfigError(where, fmt::format("the command has a {} that is not closed", quote),
                      "close the quote, or write the command as a list of texts");
  return words;
}

}  // namespace coldstart::study
