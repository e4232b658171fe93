#include "app/run_study.h"

#include <fmt/format.h>

#include <filesystem>

#include "coldstart/core/exit_status.h"
#include "coldstart/study/console.h"
#include "coldstart/study/controller.h"
#include "coldstart/study/controller_lock.h"

namespace coldstart::app {

void add_study_run_flags(CLI::App& verb, StudyRunFlags& flags) {
  verb.add_option("--jobs", flags.jobs, "trials at a time; the threads are divided among them")
      ->capture_default_str();
  verb.add_flag("--retry-failed", flags.retry_failed, "run failed trials again");
  CLI::Option* json = verb.add_flag("--json", flags.json, "print JSON lines");
  verb.add_flag("--quiet", flags.quiet, "print nothing while it runs")->excludes(json);
}

int run_study(const study::StudyDirectory& study, const StudyRunFlags& flags) {
  const auto console =
      study::make_study_console(train::console_mode(flags.json, flags.quiet, stdout), stdout);
  try {
    return study::run_study(study,
                            {.jobs = flags.jobs,
                             .retry_failed = flags.retry_failed,
                             .program = std::filesystem::read_symlink("/proc/self/exe")},
                            *console)
        .exit_code();
  } catch (const study::StudyBusy& busy) {
    fmt::print(stderr, "error: {}\n", busy.message());
    return kRefused.value;
  }
}

}  // namespace coldstart::app
