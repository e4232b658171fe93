#include "app/completion.h"

#include <fmt/format.h>

#include "app/verb_tree.h"

namespace coldstart::app {

namespace {

// What may follow a verb: its own verbs and every long option. Files are the shell's own affair.
std::string words_after(const Verb& verb) {
  std::string words;
  for (const std::string& name : verb.verbs) words += name + " ";
  for (const CLI::Option* option : verb.options) {
    if (option->nonpositional()) words += "--" + option->get_lnames().front() + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string known, cases;
  for (const Verb& verb : verb_tree(app)) {
    known += fmt::format("{}\"{}\"", known.empty() ? "" : "|", verb.name);
    cases += fmt::format("    \"{}\") words=\"{}\" ;;\n", verb.name, words_after(verb));
  }
  return fmt::format(R"(# bash completion of coldstart; made by `coldstart docs completion bash`
_coldstart() {{
  local verb="" next i words
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="${{verb:+$verb }}${{COMP_WORDS[i]}}"
    case "$next" in {0}) verb=$next ;; esac
  done
  case "$verb" in
{1}    *) words="{2}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _coldstart coldstart
)",
                     known, cases, words_after(root_verb(app)));
}

std::string zsh_completion(const CLI::App& app) {
  return "#compdef coldstart\nautoload -U +X bashcompinit && bashcompinit\n" + bash_completion(app);
}

std::string fish_completion(const CLI::App& app) {
  std::string script = "# fish completion of coldstart; made by `coldstart docs completion fish`\n";
  for (const std::string& name : root_verb(app).verbs) {
    script += fmt::format("complete -c coldstart -n __fish_use_subcommand -a {}\n", name);
  }
  for (const Verb& verb : verb_tree(app)) {
    // Every word of the verb has been typed: "data prepare" needs both.
    std::string seen, word;
    for (const char c : verb.name + " ") {
      if (c != ' ') {
        word += c;
        continue;
      }
      seen += fmt::format("{}__fish_seen_subcommand_from {}", seen.empty() ? "" : "; and ", word);
      word.clear();
    }
    for (const std::string& name : verb.verbs) {
      script += fmt::format("complete -c coldstart -n '{}' -a {}\n", seen, name);
    }
    for (const CLI::Option* option : verb.options) {
      if (!option->nonpositional()) continue;
      script += fmt::format("complete -c coldstart -n '{}' -l {} -d {}\n", seen,
                            option->get_lnames().front(), fish_quoted(option->get_description()));
    }
  }
  return script;
}

}  // namespace coldstart::app
