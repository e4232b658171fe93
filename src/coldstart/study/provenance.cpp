#include "coldstart/study/provenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "coldstart/core/files.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/source_commit.h"
#include "coldstart/io/json_lines.h"
#include "coldstart/study/source_changes.h"

namespace coldstart::study {

namespace fs = std::filesystem;

namespace {

constexpr const char* kProvenanceFile = "provenance.jsonl";

// Where the files lie that the trials run: this program, or what the command names.
std::set<fs::path> source_directories(const Spec& spec, const fs::path& program) {
  if (spec.built_in()) return {program.parent_path()};
  std::set<fs::path> directories;
  for (const std::string& word : spec.command) {
    std::error_code error;
    if (const fs::path file = word; file.is_absolute() && fs::is_regular_file(file, error))
      directories.insert(file.parent_path());
  }
  return directories;
}

Provenance provenance_of(const SourceChanges& changes, const fs::path& study) {
  Provenance p{.program = std::string(source_commit()),
               .repository = changes.root.string(),
               .commit = changes.commit,
               .changes = {},
               .left_out = std::ssize(changes.left_out)};
  if (changes.patch.empty()) return p;
  p.changes = fmt::format("changes-{}.patch",
                          hash_text(content_hash(changes.patch.data(), changes.patch.size())));
  if (!fs::exists(study / p.changes)) write_file_atomic(study / p.changes, changes.patch);
  return p;
}

}  // namespace

void record_provenance(const StudyDirectory& study, const fs::path& program) {
  std::vector<Provenance> now;
  for (const fs::path& directory : source_directories(study.spec(), program)) {
    const auto changes = source_changes(directory, study.path());
    const auto same_root = [&](const Provenance& p) { return p.repository == changes->root; };
    if (changes && std::ranges::none_of(now, same_root))
      now.push_back(provenance_of(*changes, study.path()));
  }
  if (now.empty())
    now.push_back(
        {.program = std::string(source_commit()), .repository = {}, .commit = {}, .changes = {}});
  const std::vector<Provenance> before = read_provenance(study.path());
  io::JsonLinesWriter lines(study.path() / kProvenanceFile);
  for (const Provenance& p : now) {
    const auto last = std::find_if(before.rbegin(), before.rend(), [&](const Provenance& earlier) {
      return earlier.repository == p.repository;
    });
    if (last != before.rend() && *last == p) continue;
    lines.write(io::JsonRecord()
                    .add("program", p.program)
                    .add("repository", p.repository)
                    .add("commit", p.commit)
                    .add("changes", p.changes)
                    .add("left_out", p.left_out));
  }
}

std::vector<Provenance> read_provenance(const fs::path& study) {
  std::vector<Provenance> all;
  if (!fs::is_regular_file(study / kProvenanceFile)) return all;
  for (const io::JsonRecord& record : io::read_json_lines(study / kProvenanceFile)) {
    const auto text = [&](const char* key) { return record.text(key).value_or(""); };
    all.push_back({.program = text("program"),
                   .repository = text("repository"),
                   .commit = text("commit"),
                   .changes = text("changes"),
                   .left_out = record.integer("left_out").value_or(0)});
  }
  return all;
}

}  // namespace coldstart::study
