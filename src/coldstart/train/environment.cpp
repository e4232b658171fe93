#include "coldstart/train/environment.h"

#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "coldstart/core/parallel.h"
#include "coldstart/core/source_commit.h"

namespace coldstart::train {

namespace {

std::string compiler_name() {
#if defined(__clang__)
  return fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("GCC {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    // "model name" on x86; ARM kernels say only "CPU part".
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : get_nprocs();
}

}  // namespace

Environment describe_environment(const kernels::Kernels& kernels) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  struct sysinfo info {};
  sysinfo(&info);
  return {
      .commit = std::string(source_commit()),
      .compiler = compiler_name(),
      .cpu = cpu_name(),
      .kernels = kernels.name(),
      .host = host.data(),
      .cores = usable_cores(),
      .threads = thread_count(),
      .memory_bytes = static_cast<int64_t>(info.totalram) * info.mem_unit,
  };
}

std::string environment_json(const Environment& environment,
                             const std::vector<VarianceSource>& sources) {
  nlohmann::ordered_json variance = nlohmann::ordered_json::object();
  for (const VarianceSource& source : sources) variance[source.option] = source.strength;
  const nlohmann::ordered_json json = {
      {"commit", environment.commit},   {"compiler", environment.compiler},
      {"cpu", environment.cpu},         {"kernels", environment.kernels},
      {"host", environment.host},       {"cores", environment.cores},
      {"threads", environment.threads}, {"memory_bytes", environment.memory_bytes},
      {"gradient_variance", variance},
  };
  return json.dump(2) + "\n";
}

}  // namespace coldstart::train
