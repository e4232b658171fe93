#include "app/man_page.h"

#include <fmt/format.h>

#include <sstream>

#include "app/help_format.h"
#include "app/verb_tree.h"
#include "coldstart/core/exit_status.h"

namespace coldstart::app {

namespace {

// Text as troff prints it: dashes that can be copied, no line that reads as a request.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result.starts_with(".") || result.starts_with("'") ? "\\&" + result : result;
}

std::string option_entry(const CLI::Option& option) {
  std::string name;
  for (const std::string& letter : option.get_snames()) name += fmt::format("-{}, ", letter);
  name += option.nonpositional() ? "--" + option.get_lnames().front() : option.get_name(true);
  std::string value;
  if (option.nonpositional() && option.get_items_expected_max() > 0) {
    value = fmt::format(" \\fI{}\\fR", escaped(value_name(option)));
  }
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", escaped(name), value,
                     escaped(option.get_description()));
}

std::string footer_block(const std::string& footer) {
  if (footer.empty()) return "";
  std::string block = ".PP\n.nf\n";
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) block += escaped(line) + "\n";
  return block + ".fi\n";
}

std::string verb_section(const Verb& verb) {
  std::string section = fmt::format(".SS \\fBcoldstart {}\\fR\n{}\n", escaped(verb.name),
                                    escaped(verb.app->get_description()));
  for (const CLI::Option* option : verb.options) section += option_entry(*option);
  return section + footer_block(verb.app->get_footer());
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string page = fmt::format(
      ".TH COLDSTART 1 \"\" \"coldstart {}\" \"User Commands\"\n"
      ".SH NAME\ncoldstart \\- {}\n"
      ".SH SYNOPSIS\n.B coldstart\n.I VERB\n[\\fIOPTIONS\\fR]\n.SH VERBS\n",
      COLDSTART_VERSION, escaped(app.get_description()));
  for (const Verb& verb : verb_tree(app)) page += verb_section(verb);
  page += ".SH EXIT STATUS\n";
  for (const ExitStatus& status : kExitStatuses) {
    page += fmt::format(".TP\n.B {}\n{}\n", status.value, escaped(status.meaning));
  }
  page += ".TP\n.B 128+N\nsignal N stopped it, after saving (130 is Ctrl\\-C)\n";
  page += ".SH EXAMPLES\n" + footer_block(app.get_footer());
  return page;
}

}  // namespace coldstart::app
