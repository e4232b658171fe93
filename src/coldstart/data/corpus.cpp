#include "coldstart/data/corpus.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/data/headers_corpus.h"
#include "coldstart/data/stories.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

constexpr const char* kWhere = "corpus";

void require_memory(double bytes) {
  const double limit = 0.8 * static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<double>(sysconf(_SC_PAGESIZE));
  if (bytes > limit)
    throw ResourceError(kWhere,
                        fmt::format("the text does not fit in memory; got {}, expected at most {}",
                                    human_bytes(bytes), human_bytes(limit)),
                        "prepare a part of it");
}

std::string read_builtin(std::string_view name, const CorpusOptions& options, int64_t& files) {
  const std::vector<std::string> names = {"headers", "stories"};
  if (name == names[0]) {
    const HeadersCorpus headers = read_headers_corpus();
    files += headers.files;
    return headers.text;
  }
  if (name == names[1]) {
    require_memory(static_cast<double>(options.stories_bytes));
    return tell_stories(options.stories_seed, options.stories_bytes);
  }
  const std::string nearest = nearest_name(name, names);
  throw DataError(
      kWhere,
      fmt::format("unknown built-in corpus; got 'builtin:{}', expected builtin:headers or "
                  "builtin:stories",
                  name),
      nearest.empty() ? "" : fmt::format("did you mean builtin:{}?", nearest));
}

std::vector<fs::path> files_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error))
    if (it->is_regular_file(error)) files.push_back(it->path());
  if (error)
    throw ResourceError(
        kWhere, fmt::format("cannot read directory '{}': {}", directory.string(), error.message()),
        "check the permissions of the directory and of those below it");
  std::sort(files.begin(), files.end());
  return files;
}

// The files of a source, or DataError when there are none.
std::vector<fs::path> files_of(const std::string& source) {
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (!fs::exists(status))
    throw DataError(kWhere, fmt::format("no such file or directory: '{}'", source),
                    "check the path, or use builtin:headers or builtin:stories");
  if (fs::is_regular_file(status)) return {source};
  if (!fs::is_directory(status))  // reading a pipe or a device could wait for ever
    throw DataError(kWhere, fmt::format("'{}' is neither a file nor a directory", source),
                    "write the text into a file first");
  std::vector<fs::path> files = files_below(source);
  if (files.empty())
    throw DataError(kWhere,
                    fmt::format("the directory '{}' has no text: no files are in it", source),
                    "give a directory with text files");
  return files;
}

double total_size(const std::vector<fs::path>& files) {
  double bytes = 0;
  for (const fs::path& file : files) {
    std::error_code error;
    if (const uintmax_t size = fs::file_size(file, error); !error)
      bytes += static_cast<double>(size);
  }
  return bytes;
}

}  // namespace

Corpus read_corpus(std::span<const std::string> sources, const CorpusOptions& options) {
  Corpus corpus;
  for (const std::string& source : sources) {
    if (std::string_view(source).starts_with(kBuiltinPrefix)) {
      corpus.text += read_builtin(std::string_view(source).substr(kBuiltinPrefix.size()), options,
                                  corpus.files);
      continue;
    }
    const std::vector<fs::path> files = files_of(source);
    require_memory(static_cast<double>(corpus.text.size()) + total_size(files));
    for (const fs::path& file : files) corpus.text += read_file(file);
    corpus.files += static_cast<int64_t>(files.size());
  }
  if (corpus.text.empty())
    throw DataError(kWhere,
                    fmt::format("there is no text; got {} files, all of them empty", corpus.files),
                    "give files that are not empty");
  return corpus;
}

}  // namespace coldstart::data
