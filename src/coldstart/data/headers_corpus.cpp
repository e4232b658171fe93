#include "coldstart/data/headers_corpus.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/text.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

// "12" or "12.2.0" -> 12; anything else -> -1.
int64_t version_of(const fs::path& directory) {
  const std::string name = directory.filename().string();
  return parse_int(std::string_view(name).substr(0, name.find('.'))).value_or(-1);
}

fs::path newest_version(const fs::path& root) {
  fs::path newest;
  std::error_code error;
  for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_directory(error) || version_of(it->path()) < 0) continue;
    const bool newer = newest.empty() || std::pair(version_of(it->path()), it->path()) >
                                             std::pair(version_of(newest), newest);
    if (newer) newest = it->path();
  }
  return newest;
}

bool is_comment(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t");
  return start != std::string_view::npos &&
         (line.substr(start).starts_with("//") || line[start] == '*');
}

// A line that holds nothing but its comment sign.
bool is_bare_comment(std::string_view line) {
  return is_comment(line) && line.find_first_not_of(" \t/*\n") == std::string_view::npos;
}

// The file without the paragraphs of comments that were seen in earlier ones: the same licence
// opens every header, and would fill a twelfth of the corpus.
std::string without_repeated_comments(std::string_view file, std::set<uint64_t>& seen) {
  constexpr size_t kParagraphBytes = 120;  // shorter ones stay: "// Constructors."
  std::string result;
  for (size_t i = 0; i < file.size();) {
    const auto line_at = [&](size_t at) { return file.substr(at, file.find('\n', at) - at + 1); };
    size_t end = i;
    while (end < file.size() && is_comment(line_at(end)) && !is_bare_comment(line_at(end)))
      end += line_at(end).size();
    const std::string_view paragraph = file.substr(i, end - i);
    if (paragraph.empty()) {
      result += line_at(i);
      i += line_at(i).size();
    } else {
      i = end;
      if (paragraph.size() < kParagraphBytes ||
          seen.insert(content_hash(paragraph.data(), paragraph.size())).second)
        result += paragraph;
      else if (i < file.size() && is_bare_comment(line_at(i)))
        i += line_at(i).size();  // the line that set it apart
    }
  }
  return result;
}

}  // namespace

HeadersCorpus read_headers_corpus(const fs::path& root) {
  std::vector<fs::path> files;
  const fs::path version = newest_version(root);
  std::error_code error;
  for (fs::recursive_directory_iterator it(version, error), end; !error && it != end;
       it.increment(error))
    if (it->is_regular_file(error)) files.push_back(it->path());
  std::sort(files.begin(), files.end());

  HeadersCorpus corpus;
  std::set<uint64_t> seen, seen_comments;
  for (const fs::path& file : files) {
    const std::string text = read_file(file);
    if (text.empty() || text.find('\0') != std::string::npos) continue;
    if (!seen.insert(content_hash(text.data(), text.size())).second) continue;
    corpus.text += without_repeated_comments(text, seen_comments);
    ++corpus.files;
  }
  if (corpus.files == 0)
    throw DataError("builtin:headers",
                    fmt::format("no C++ standard library headers are below '{}'", root.string()),
                    "install a compiler (apt-get install g++), or use builtin:stories");
  return corpus;
}

}  // namespace coldstart::data
