#include "coldstart/train/config.h"

#include <algorithm>
#include <filesystem>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/io/toml.h"
#include "coldstart/train/presets.h"

namespace coldstart::train {

namespace {

bool names_preset(const Setting& setting) {
  return setting.table.empty() && setting.key == "preset";
}

void apply_preset(RunConfig& config, const Preset& preset) {
  const std::string source = fmt::format("preset {}", preset.name);
  config.fields().apply(io::parse_toml(preset.toml, source));
}

}  // namespace

double snr_samples(const ResolvedConfig& config) {
  const bool tokens = config.config.rrc.snr_sample == adapt::SnrSample::token;
  return static_cast<double>(tokens ? config.config.train.batch_tokens : config.sequences);
}

std::string to_toml(RunConfig config) { return io::to_toml(config.fields().settings()); }

void apply_toml(RunConfig& config, std::string_view text, std::string_view source) {
  std::vector<Setting> settings = io::parse_toml(text, source);
  const auto base = std::find_if(settings.begin(), settings.end(), names_preset);
  if (base != settings.end()) {
    const std::string name = value_text(base->value);
    const Preset* preset = find_preset(name);
    if (!preset) unknown_preset(name, base->where);
    apply_preset(config, *preset);
    settings.erase(base);
  }
  config.fields().apply(settings);
}

RunConfig load_config(const std::string& file_or_preset) {
  RunConfig config;
  // A preset's name wins over a directory of that name, a file wins over a preset.
  if (std::filesystem::is_regular_file(file_or_preset)) {
    apply_toml(config, read_file(file_or_preset), file_or_preset);
    return config;
  }
  const Preset* preset = find_preset(file_or_preset);
  if (!preset) unknown_preset(file_or_preset, "configuration");
  apply_preset(config, *preset);
  return config;
}

}  // namespace coldstart::train
