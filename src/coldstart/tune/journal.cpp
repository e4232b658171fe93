#include "coldstart/tune/journal.h"

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::tune {

namespace {

constexpr const char* kFile = "journal.jsonl";

std::vector<io::JsonRecord> read(const std::filesystem::path& directory) {
  if (!Journal::is_in(directory)) return {};
  return io::read_json_lines(directory / kFile);
}

}  // namespace

bool Journal::is_in(const std::filesystem::path& directory) {
  return std::filesystem::exists(directory / kFile);
}

bool Journal::is_finished(const std::filesystem::path& directory) {
  return std::ranges::any_of(
      read(directory), [](const io::JsonRecord& record) { return record.text("type") == "end"; });
}

void Journal::remove_from(const std::filesystem::path& directory) {
  std::filesystem::remove(directory / kFile);
}

Journal::Journal(const std::filesystem::path& directory)
    : records_(read(directory)), file_(directory / kFile) {}

const io::JsonRecord* Journal::find(std::string_view type, std::string_view name) const {
  const auto found = std::ranges::find_if(records_, [&](const io::JsonRecord& record) {
    return record.text("type") == type && record.text("name") == name;
  });
  return found == records_.end() ? nullptr : &*found;
}

std::optional<Decision> Journal::decision(std::string_view id) const {
  const io::JsonRecord* record = find("decision", id);
  if (record == nullptr) return std::nullopt;
  return to_decision(*record);
}

std::vector<Decision> Journal::decisions() const {
  std::vector<Decision> all;
  for (const io::JsonRecord& record : records_)
    if (record.text("type") == "decision") all.push_back(to_decision(record));
  return all;
}

void Journal::write(const io::JsonRecord& record) {
  const auto type = record.text("type"), name = record.text("name");
  COLDSTART_CHECK(type && name && find(*type, *name) == nullptr, "{} is written twice",
                  name.value_or("a record without a name"));
  file_.write(record);
  file_.sync();
  records_.push_back(record);
}

}  // namespace coldstart::tune
