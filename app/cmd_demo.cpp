// coldstart demo: the autopilot with a few minutes, on text that is on every machine that can build
// this program; ends with what a newcomer would type next.
#include <fmt/format.h>
#include <cerrno>  // program_invocation_name

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/run_tune.h"
#include "coldstart/core/clock.h"
#include "coldstart/tune/journal.h"

namespace coldstart::app {

namespace {

// An earlier demo stays where it is; one that was stopped goes on.
std::string demo_directory() {
  std::string path = "runs/demo";
  for (int number = 2; std::filesystem::exists(path); ++number) {
    if (tune::Journal::is_in(path) && !tune::Journal::is_finished(path)) return path;
    path = fmt::format("runs/demo-{}", number);
  }
  return path;
}

// As they can be typed, with the program as it was called.
void print_next_commands(const std::string& out) {
  const std::string program = program_invocation_name;
  const std::pair<std::string, const char*> commands[] = {
      {program + " tune YOUR_TEXT.txt --budget 30m", "the same for your own text"},
      {program + " sample " + out + "/model --prompt \"class \" --seed 2", "more of its text"},
      {program + " train demo --data.path YOUR_TEXT.txt", "one plain run on it"},
  };
  size_t widest = 0;
  for (const auto& [command, what] : commands) widest = std::max(widest, command.size());
  fmt::print("\nnext:\n");
  for (const auto& [command, what] : commands) fmt::print("  {:<{}}  {}\n", command, widest, what);
}

}  // namespace

void add_demo(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("demo", "the autopilot on this machine's C++ headers, in four minutes");
  auto flags = std::make_shared<TuneFlags>();
  flags->text = "builtin:headers";
  flags->budget = "4m";
  flags->prompt = "#include <";
  verb->add_option("--out", flags->out, "directory (default: runs/demo, or the next free one)");
  verb->add_option("--budget", flags->budget, "time, tokens or FLOPs")->capture_default_str();
  verb->footer(
      "Example:\n  coldstart demo --budget 10m\n"
      "One plain run instead, without the autopilot: coldstart train demo");
  verb->callback([flags, started_s = now_s()] {
    if (flags->out.empty()) flags->out = demo_directory();
    if (const int code = run_tune(*flags, started_s)) throw CLI::RuntimeError(code);
    print_next_commands(flags->out);
  });
}

}  // namespace coldstart::app
