#include "coldstart/study/import_jsonl.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"
#include "coldstart/io/flat_json.h"

namespace coldstart::study {

namespace {

// The columns of the names in a line; lines of one kind have them in one order, so that the name at
// a place is nearly always the one that stood there before.
class Columns {
 public:
  explicit Columns(ImportLog& log) : log_(log) {}

  int find(size_t place, std::string_view name) {
    if (place < last_.size() && last_[place].first == name) return last_[place].second;
    const int column = log_.column(name);
    if (place >= last_.size()) last_.resize(place + 1);
    last_[place] = {std::string(name), column};
    return column;
  }

 private:
  ImportLog& log_;
  std::vector<std::pair<std::string, int>> last_;
};

// The step of a resume event; nothing when the line is no event.
std::optional<int64_t> resume_step(std::span<const io::FlatEntry> entries, std::string_view source,
                                   int64_t number) {
  bool is_resume = false;
  std::optional<int64_t> step;
  for (const io::FlatEntry& entry : entries) {
    is_resume |= entry.key == "event" && entry.value == "resume";
    if (entry.key == "from_step") step = parse_int(entry.value);
  }
  if (!is_resume) return std::nullopt;
  if (!step)
    throw DataError(fmt::format("{}:{}", source, number), "a resume event without from_step",
                    "write {\"event\":\"resume\",\"from_step\":8000}");
  return step;
}

}  // namespace

ImportedLog import_jsonl(std::string_view text, std::string_view source,
                         const LogReading& reading) {
  ImportLog log(reading, std::string(source));
  io::FlatJsonReader reader;
  Columns columns(log);
  int64_t number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line == "\r") continue;
    std::span<const io::FlatEntry> entries;
    try {
      entries = reader.read(line, source, number);
    } catch (const DataError&) {
      if (end == text.size()) break;  // cut off in the middle
      throw;
    }
    if (const auto step = resume_step(entries, source, number)) {
      log.resume(*step);
      continue;
    }
    for (size_t i = 0; i < entries.size(); ++i)
      if (entries[i].number) log.set(columns.find(i, entries[i].key), entries[i].value);
    log.end_row(number);
  }
  return log.finish();
}

}  // namespace coldstart::study
