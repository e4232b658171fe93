// The program: verbs are added, the command line is parsed, and every error is caught here, once.
//
// The exit status of all verbs is in core/exit_status.h. Test: tests/e2e/main_test.cpp.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/help_format.h"
#include "app/suggest.h"
#include "coldstart/core/error.h"
#include "coldstart/core/exit_status.h"

namespace {

constexpr const char* kExamples = R"(
Examples:
  coldstart train demo                     a preset, from random weights
  coldstart train my.toml --lr 2e-3        a file, with one value changed
  coldstart train tiny --dry-run           what it would cost, then stop
  coldstart sample runs/demo --prompt "int "

Each verb has its own --help. Options are described in docs/options.md.)";

int run(int argc, char** argv) {
  CLI::App app("Trains GPTs from a cold start and knows how long to train.", "coldstart");
  app.set_version_flag("--version", "coldstart " COLDSTART_VERSION, "print the version and stop");
  app.set_help_flag("-h,--help", "print this and stop (--help-all: with everything)");
  app.set_help_all_flag("--help-all", "the same with everything, and stop");
  app.formatter(
      std::make_shared<coldstart::app::HelpFormatter>());  // verbs inherit what is set here
  // One verb a command: in `train demo` the second word is a preset, not a verb.
  app.require_subcommand(0, 1);
  coldstart::app::add_tune(app);
  coldstart::app::add_data(app);
  coldstart::app::add_train(app);
  coldstart::app::add_eval(app);
  coldstart::app::add_sample(app);
  coldstart::app::add_export(app);
  coldstart::app::add_study(app);
  coldstart::app::add_noise(app);
  coldstart::app::add_warmup(app);
  coldstart::app::add_stability(app);
  coldstart::app::add_throughput(app);
  coldstart::app::add_steps(app);
  coldstart::app::add_explain(app);
  coldstart::app::add_import(app);
  coldstart::app::add_report(app);
  coldstart::app::add_demo(app);
  coldstart::app::add_bench(app);
  coldstart::app::add_docs(app);
  coldstart::app::add_trace(app);
  app.footer(kExamples);

  if (argc == 1) {
    fmt::print("{}", app.help());
    return coldstart::kOk.value;
  }
  try {
    app.parse(argc, argv);
    return coldstart::kOk.value;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::RuntimeError& end) {  // a verb's own exit status
    return end.get_exit_code();
  } catch (const CLI::ParseError& error) {
    throw coldstart::app::command_line_error(app, error);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const coldstart::Error& error) {
    fmt::print(stderr, "error: {}\n", error.message());
    return coldstart::kBadInput.value;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: [memory] out of memory\nhint: choose a smaller model or batch\n");
    return coldstart::kOutOfMemory.value;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\nhint: this is a bug in coldstart; please report it\n",
               error.what());
    return coldstart::kInternalError.value;
  }
}
