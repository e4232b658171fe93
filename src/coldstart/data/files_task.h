// builtin:files: which kind of file does a window of bytes come from? A task for a classifier that
// needs no download.
//
// Of each kind (file_kinds.h) up to 300 files with different contents are drawn; round(val_fraction
// n) of them, at least one, are held out whole, so no validation file was seen in training. Every
// kind has as many windows as any other, at random places of random files, a file drawn in
// proportion to its size, but no more than 256 KiB. A function of the machine's files and the
// options; made once and found again later, so that a run can be continued after the machine's
// software has changed. Test: tests/data/files_task_test.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "coldstart/data/file_kinds.h"
#include "coldstart/data/labelled_set.h"

namespace coldstart::data {

inline constexpr std::string_view kBuiltinFiles = "builtin:files";

struct FilesTaskOptions {
  std::string kinds = "cpp,c,elf,archive,perl,shell,terminfo";  // separated by commas
  int64_t window = 64;                                          // bytes
  int64_t examples = 21000;                                     // both parts together
  double val_fraction = 0.05;
  uint64_t seed = 0;
};

// The kinds of a list. ConfigError for unknown ones, one twice, or fewer than two.
std::vector<const FileKind*> chosen_kinds(const std::string& kinds);

// Writes train.bin, val.bin (docs/formats.md, "Labelled examples") and files.txt, which says which
// files were used, into a directory. DataError when a kind has fewer than two files.
void write_files_task(std::span<const FileKind* const> kinds, const FilesTaskOptions& options,
                      const std::filesystem::path& directory);

// The task, from its place in the cache, or made there.
std::unique_ptr<LabelledData> open_files_task(const FilesTaskOptions& options,
                                              const std::filesystem::path& cache);

}  // namespace coldstart::data
