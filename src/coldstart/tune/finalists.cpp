#include "coldstart/tune/finalists.h"

#include <algorithm>

#include "coldstart/checkpoint/checkpoint.h"
#include "coldstart/checkpoint/retention.h"

namespace coldstart::tune {

namespace {

std::vector<Finalist> kept_by(const RunRecord& run, const std::filesystem::path& directory) {
  std::vector<Finalist> kept;
  const std::vector<int64_t> steps = checkpoint::list_checkpoints(directory / "checkpoints");
  if (steps.empty()) return kept;
  const auto add = [&](int64_t step, double val_loss) {
    if (std::ranges::binary_search(steps, step) && std::isfinite(val_loss))
      kept.push_back({.run = run.name,
                      .checkpoint = checkpoint::checkpoint_path(directory / "checkpoints", step),
                      .step = step,
                      .val_loss = val_loss});
  };
  const checkpoint::Manifest last = checkpoint::read_manifest(
      checkpoint::checkpoint_path(directory / "checkpoints", steps.back()));
  for (const checkpoint::BestCheckpoint& best : last.best) add(best.step, best.val_loss);
  const bool listed = std::ranges::find(kept, run.step, &Finalist::step) != kept.end();
  if (run.finished && !listed) add(run.step, run.last_val.value_or(NAN));
  return kept;
}

}  // namespace

std::vector<Finalist> finalists(const Runs& runs) {
  std::vector<Finalist> all;
  for (const RunRecord& run : runs.all())
    std::ranges::copy(kept_by(run, runs.path(run.name)), std::back_inserter(all));
  std::ranges::stable_sort(all, {}, &Finalist::val_loss);
  if (all.size() > kFinalists) all.resize(kFinalists);
  return all;
}

void drop_outrun(const Runs& runs) {
  std::vector<RunRecord> cooled = runs.all();
  std::erase_if(cooled, [](const RunRecord& run) { return !run.scored; });
  std::ranges::stable_sort(cooled, {}, [](const RunRecord& run) {
    return run.finished ? run.last_val.value_or(INFINITY) : INFINITY;
  });
  for (size_t i = kFinalists; i < cooled.size(); ++i) runs.drop_checkpoints(cooled[i].name);
}

}  // namespace coldstart::tune
