#include "coldstart/study/import_tensorboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/io/event_file.h"

namespace coldstart::study {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> event_files(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file() &&
        entry.path().filename().string().find("tfevents") != std::string::npos)
      files.push_back(entry.path());
  std::ranges::sort(files);
  if (files.empty())
    throw DataError(path.string(), "there is no event file in this directory",
                    "event files have `tfevents` in their name");
  return files;
}

// The fewest digits that say the number, of a float when it was one.
std::string number_text(const io::ScalarEvent& event) {
  if (std::isnan(event.value)) return "NaN";
  if (std::isinf(event.value)) return event.value > 0 ? "Infinity" : "-Infinity";
  return event.single ? fmt::format("{}", static_cast<float>(event.value))
                      : fmt::format("{}", event.value);
}

// The tag under a directory's name too, for programs that write the same tag in train/ and eval/.
using Series = std::vector<io::ScalarEvent>;

void append(Series& series, io::ScalarEvent event, int64_t& went_back) {
  if (!series.empty() && series.back().step >= event.step) ++went_back;
  while (!series.empty() && series.back().step >= event.step) series.pop_back();
  series.push_back(std::move(event));
}

}  // namespace

ImportedLog import_tensorboard(const std::filesystem::path& path, const LogReading& reading) {
  struct File {
    double begin;
    std::string folder;
    io::EventFile events;
  };
  std::vector<File> files;
  std::vector<std::string> warnings;
  for (const fs::path& name : event_files(path)) {
    const MappedFile bytes(name);
    File file{0, "", io::parse_event_file(bytes.bytes(), name.string())};
    if (fs::is_directory(path)) {
      const fs::path folder = fs::relative(name.parent_path(), path);
      if (folder != ".") file.folder = folder.generic_string() + "/";
    }
    if (file.events.cut_off)
      warnings.push_back(fmt::format("{}: the last record is cut off and left out", name.string()));
    if (!file.events.scalars.empty()) file.begin = file.events.scalars.front().wall_time;
    files.push_back(std::move(file));
  }
  std::ranges::stable_sort(files, {}, &File::begin);

  // A tag of a subdirectory has the directory before its name where two directories have it.
  std::map<std::string, std::string> folder_of;
  std::map<std::string, bool> ambiguous;
  for (const File& file : files)
    for (const io::ScalarEvent& event : file.events.scalars)
      ambiguous[event.tag] |=
          folder_of.emplace(event.tag, file.folder).first->second != file.folder;
  std::map<std::string, Series> tags;
  int64_t went_back = 0;
  for (File& file : files)
    for (io::ScalarEvent& event : file.events.scalars) {
      const std::string name = ambiguous[event.tag] ? file.folder + event.tag : event.tag;
      append(tags[name], std::move(event), went_back);
    }

  std::map<int64_t, std::vector<std::pair<const std::string*, const io::ScalarEvent*>>> rows;
  for (const auto& [tag, series] : tags)
    for (const io::ScalarEvent& event : series) rows[event.step].emplace_back(&tag, &event);
  ImportLog log(reading, path.string());
  const int step_column = log.column("step");
  for (const auto& [step, values] : rows) {
    for (const auto& [tag, event] : values)
      if (*tag != "step") log.set(log.column(*tag), number_text(*event));
    log.set(step_column, fmt::format("{}", step));
    log.end_row(0);
  }
  ImportedLog imported = log.finish();
  if (went_back > 0)
    warnings.push_back(fmt::format(
        "steps go back {} times, as after a resume: the later events replaced the earlier ones",
        went_back));
  imported.warnings.insert(imported.warnings.begin(), warnings.begin(), warnings.end());
  return imported;
}

}  // namespace coldstart::study
