// Which checkpoints of a run stay: the last one, the N best (select_by.h), and listed trunk
// steps. Others are removed, and only after the one that supersedes them is complete.
// Test: tests/checkpoint/retention_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "coldstart/checkpoint/manifest.h"

namespace coldstart::checkpoint {

// True, and in the list, when its rank is among the `keep` lowest; the list stays sorted, best
// first. On a tie the earlier step stays.
bool enter_best(std::vector<BestCheckpoint>& best, const BestCheckpoint& candidate, int64_t keep);

std::filesystem::path checkpoint_path(const std::filesystem::path& checkpoints, int64_t step);
// Steps of the complete checkpoints (those with a manifest) in the directory, ascending.
std::vector<int64_t> list_checkpoints(const std::filesystem::path& checkpoints);
// Removes every checkpoint up to `last` that is not last, best or trunk, and leftovers of writers
// that were killed. Checkpoints beyond `last` belong to a future that a resumed run writes anew.
void remove_superseded(const std::filesystem::path& checkpoints, int64_t last,
                       std::span<const BestCheckpoint> best, std::span<const int64_t> trunk);

}  // namespace coldstart::checkpoint
