#include "coldstart/plan/stale.h"

#include <fmt/format.h>

#include <algorithm>

namespace coldstart::plan {

std::vector<Stale> stale_after(Change change) {
  using C = Conclusion;
  switch (change) {
    case Change::batch:
      return {{C::duration, "fewer examples a step take more steps, more take fewer"},
              {C::lr, "depends on the noise of the gradient"},
              {C::momentum, "depends on the noise of the gradient"},
              {C::weight_decay, "acts once a step"},
              {C::dropout, "a smaller batch regularises by itself"}};
    case Change::regularisation:
      return {{C::duration, "noise added to training may need more steps"},
              {C::lr, "regularisation and rate act together"}};
    case Change::optimizer:
      return {{C::duration, "a better process may need fewer steps: try a shorter run"},
              {C::lr, "rates of two optimizers differ by orders of magnitude"},
              {C::momentum, "is another hyperparameter under another optimizer"},
              {C::weight_decay, "its effect depends on the optimizer"},
              {C::warmup, "early updates are of another size"},
              {C::noise, "another process has another noise"}};
    case Change::architecture:
      return {{C::duration, "the number of steps moves with the architecture"},
              {C::lr, "the best rate moves with the architecture"},
              {C::warmup, "early stability moves with the architecture"},
              {C::noise, "another model has another noise"}};
    case Change::data:
      return {{C::duration, "the number of steps moves with the data"},
              {C::weight_decay, "how much regularisation is needed depends on the data"},
              {C::dropout, "how much regularisation is needed depends on the data"},
              {C::noise, "other data have another noise"}};
    case Change::code:
      return {{C::noise, "characterise the noise again after major changes"}};
  }
  return {};
}

std::vector<Change> changes(const Conditions& then, const Conditions& now) {
  std::vector<Change> list;
  const auto differ = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  if (differ(then.architecture, now.architecture)) list.push_back(Change::architecture);
  if (differ(then.data, now.data)) list.push_back(Change::data);
  if (differ(then.regularisation, now.regularisation)) list.push_back(Change::regularisation);
  if (then.batch_tokens > 0 && now.batch_tokens > 0 && then.batch_tokens != now.batch_tokens)
    list.push_back(Change::batch);
  if (differ(then.optimizer, now.optimizer)) list.push_back(Change::optimizer);
  if (differ(then.code, now.code)) list.push_back(Change::code);
  return list;
}

void mark_stale(Verdict& verdict, Conclusion about, const std::vector<Change>& what) {
  for (const Change change : what) {
    const auto list = stale_after(change);
    const auto found = std::ranges::find(list, about, &Stale::conclusion);
    if (found == list.end()) continue;
    verdict.warnings.push_back(fmt::format("STALE: another {}: {}", enum_name(change), found->why));
    if (std::ranges::find(verdict.tags, "STALE") == verdict.tags.end())
      verdict.tags.emplace_back("STALE");
    if (about != Conclusion::duration) continue;
    verdict.next.emplace_back(change == Change::optimizer
                                  ? "run a study of a shorter length and ask steps best again"
                                  : "run the study again with the change and ask steps best again");
  }
}

}  // namespace coldstart::plan
