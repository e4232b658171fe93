#include "coldstart/eval/document_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace coldstart::eval {

DocumentLog::DocumentLog(const std::filesystem::path& file, int64_t keep_bytes, int64_t documents,
                         const std::string& set_identity)
    : documents_(documents),
      set_(fmt::format("{}/{}", set_identity, documents)),
      lines_(file, keep_bytes) {}

void DocumentLog::write(int64_t step, const Evaluation& evaluation) {
  const int64_t all = std::ssize(evaluation.documents), chosen = std::min(documents_, all);
  std::vector<double> losses;
  for (int64_t k = 0; k < chosen; ++k)
    losses.push_back(std::round(1e6 * evaluation.documents[static_cast<size_t>(k * all / chosen)]) /
                     1e6);
  lines_.write(
      io::JsonRecord().add("step", step).add("set", set_).add("losses", std::move(losses)));
}

int64_t DocumentLog::sync() {
  lines_.sync();
  return lines_.bytes();
}

}  // namespace coldstart::eval
