#include "coldstart/checkpoint/retention.h"

#include <algorithm>

#include "coldstart/core/text.h"

namespace coldstart::checkpoint {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "step_";

std::optional<int64_t> step_of(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kPrefix)) return std::nullopt;
  return parse_int(std::string_view(name).substr(kPrefix.size()));
}

}  // namespace

bool enter_best(std::vector<BestCheckpoint>& best, const BestCheckpoint& candidate, int64_t keep) {
  const auto place = std::upper_bound(
      best.begin(), best.end(), candidate,
      [](const BestCheckpoint& a, const BestCheckpoint& b) { return a.rank < b.rank; });
  if (place - best.begin() >= keep) return false;
  best.insert(place, candidate);
  if (std::ssize(best) > keep) best.pop_back();
  return true;
}

fs::path checkpoint_path(const fs::path& checkpoints, int64_t step) {
  return checkpoints / fmt::format("{}{:08}", kPrefix, step);
}

std::vector<int64_t> list_checkpoints(const fs::path& checkpoints) {
  std::vector<int64_t> steps;
  std::error_code ignored;  // no directory: no checkpoints
  for (const auto& entry : fs::directory_iterator(checkpoints, ignored)) {
    const auto step = step_of(entry.path());
    if (step && fs::exists(entry.path() / "manifest.json")) steps.push_back(*step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void remove_superseded(const fs::path& checkpoints, int64_t last,
                       std::span<const BestCheckpoint> best, std::span<const int64_t> trunk) {
  std::vector<fs::path> doomed;
  for (const auto& entry : fs::directory_iterator(checkpoints)) {
    const auto step = step_of(entry.path());
    if (!step) {
      if (entry.path().filename().string().starts_with(".tmp-")) doomed.push_back(entry.path());
      continue;
    }
    const bool keep = *step >= last ||
                      std::find(trunk.begin(), trunk.end(), *step) != trunk.end() ||
                      std::any_of(best.begin(), best.end(),
                                  [&](const BestCheckpoint& b) { return b.step == *step; });
    if (!keep) doomed.push_back(entry.path());
  }
  for (const fs::path& path : doomed) {
    // The manifest goes first: whatever a crash leaves is then no checkpoint.
    std::error_code ignored;
    fs::remove(path / "manifest.json", ignored);
    fs::remove_all(path, ignored);
  }
}

}  // namespace coldstart::checkpoint
