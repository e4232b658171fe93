#include "coldstart/study/log_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <optional>

#include "coldstart/core/error.h"

namespace coldstart::study {

namespace {

constexpr std::string_view kMeasures = R"({"type":"metrics")";  // as the built-in trainer writes it

// The bytes from `offset` to the end; nothing when the file is shorter than that. Read, not mapped:
// its owner may cut it at any time.
std::optional<std::string> read_from(const std::filesystem::path& file, int64_t offset) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return offset == 0 ? std::optional<std::string>("") : std::nullopt;
  struct stat info {};
  std::optional<std::string> text;
  if (fstat(fd, &info) == 0 && info.st_size >= offset) {
    text.emplace(static_cast<size_t>(info.st_size - offset), '\0');
    size_t done = 0;
    while (done < text->size()) {
      const ssize_t count =
          pread(fd, text->data() + done, text->size() - done, offset + static_cast<off_t>(done));
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    text->resize(done);
  }
  close(fd);
  return text;
}

std::string problem_at(const LogPosition& position, std::string_view what) {
  return fmt::format("line {} of metrics.jsonl {}", position.lines, what);
}

}  // namespace

void LogReader::read(const std::filesystem::path& file, LogPosition& position,
                     LogSink& sink) const {
  const auto rest = read_from(file, position.offset);
  if (!rest) {
    sink.on_rewind(-1);
    position = {};
    return read(file, position, sink);
  }
  const std::string_view text = *rest;
  io::FlatJsonReader json;
  const int64_t start = position.offset;
  size_t begin = 0;
  for (size_t end; position.problem.empty() && begin < text.size() &&
                   (end = text.find('\n', begin)) != std::string_view::npos;
       begin = end + 1) {
    ++position.lines;
    const std::string_view record = text.substr(begin, end - begin);
    // Measures of the updates: whoever wants them reads the file.
    if (!record.empty() && !record.starts_with(kMeasures)) {
      try {
        line(json.read(record, "", position.lines), position, sink);
      } catch (const DataError&) {
        position.problem = problem_at(position, "is no JSON object");
      }
    }
    if (position.problem.empty()) position.offset = start + static_cast<int64_t>(end) + 1;
  }
}

void LogReader::line(std::span<const io::FlatEntry> entries, LogPosition& position,
                     LogSink& sink) const {
  const MetricsRecord record = record_of(entries, metric_);
  const auto problem = [&](std::string_view what) {
    position.problem = problem_at(position, what);
  };
  if (record.kind == RecordKind::resume) {
    if (!record.step) return problem("resumes from no step");
    sink.on_rewind(*record.step);
    position.last_step = *record.step;
    position.not_finite = false;
    return;
  }
  if (!record.is_eval && !record.is_step) return;  // kept in the file, not interpreted
  if (!record.step) return problem("has no step");
  if (*record.step < position.last_step)
    return problem(fmt::format("goes back from step {} to {}", position.last_step, *record.step));
  position.last_step = *record.step;
  if (record.is_eval || record.has_loss) {
    position.last_loss = record.is_eval ? record.eval.val : record.point.loss;
    position.not_finite = !std::isfinite(position.last_loss);
  }
  if (record.is_step) sink.on_step(record.point);
  if (!record.is_eval) return;
  ++position.evals;
  sink.on_eval(record.eval);
}

}  // namespace coldstart::study
