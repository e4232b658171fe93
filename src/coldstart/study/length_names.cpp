#include "coldstart/study/length_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace coldstart::study {

bool names_length(std::string_view hyperparameter) {
  const size_t dot = hyperparameter.rfind('.');
  if (dot != std::string_view::npos) hyperparameter.remove_prefix(dot + 1);
  std::string key;
  for (const char c : hyperparameter)
    if (c != '_' && c != '-') key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const std::string_view prefix : {"max", "num", "total", "train", "training", "n"}) {
    if (key.starts_with(prefix)) {
      key.erase(0, prefix.size());
      break;
    }
  }
  if (key.starts_with("train")) key.erase(0, 5);
  constexpr std::array<std::string_view, 11> kLengths = {
      "steps", "step",       "epochs",  "epoch",    "tokens", "iters",
      "iter",  "iterations", "updates", "examples", "samples"};
  return std::ranges::find(kLengths, key) != kLengths.end();
}

}  // namespace coldstart::study
