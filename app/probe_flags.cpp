#include "app/probe_flags.h"

#include <fmt/format.h>

#include "coldstart/core/error.h"
#include "coldstart/train/console.h"

namespace coldstart::app {

void add_set_option(CLI::App& verb, std::vector<std::string>& set) {
  verb.add_option("--set", set, "change a value of CONFIG: KEY=VALUE, like lr=2e-3");
}

void set_values(train::RunConfig& config, const std::vector<std::string>& set) {
  for (const std::string& text : set) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw ConfigError("--set", fmt::format("got '{}', expected KEY=VALUE", text),
                        "for example --set lr=2e-3");
    const std::string key = text.substr(0, equals);
    config.fields().find(key, "--set").set_text(text.substr(equals + 1), "--set " + key);
  }
}

void ProbeFlags::add_to(CLI::App& verb) {
  verb.add_option("CONFIG", config, "a preset or a TOML file of coldstart train")->required();
  add_set_option(verb, set);
  verb.add_option("-o,--out", out, "directory of the runs; what is there goes on");
  verb.add_flag("--json", json, "print JSON, an object a verdict, and no progress");
}

train::RunConfig ProbeFlags::load() const {
  train::RunConfig loaded = train::load_config(config);
  set_values(loaded, set);
  loaded.train.out.clear();
  return loaded;
}

std::filesystem::path ProbeFlags::directory(const char* suffix) const {
  if (!out.empty()) return out;
  return fmt::format("{}-{}", std::filesystem::path(config).stem().string(), suffix);
}

std::unique_ptr<train::RunObserver> ProbeFlags::console() const {
  return train::make_console(train::console_mode(false, json, stdout), stdout);
}

void stopped_by(int signal) {
  fmt::print(stderr, "stopped by signal {}; the same command goes on\n", signal);
  throw CLI::RuntimeError(128 + signal);
}

}  // namespace coldstart::app
