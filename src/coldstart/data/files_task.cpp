#include "coldstart/data/files_task.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "coldstart/core/error.h"
#include "coldstart/core/files.h"
#include "coldstart/core/hash.h"
#include "coldstart/core/random.h"
#include "coldstart/data/permutation.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kVersion = 1;  // of the rules above; another one makes another task
constexpr int64_t kMostFiles = 300;
constexpr int64_t kMostWeight = 256 << 10;

// Files of one kind, opened; contents that came before are left out.
using Files = std::vector<std::pair<fs::path, std::unique_ptr<MappedFile>>>;

Files draw_files(const FileKind& kind, const FilesTaskOptions& options, const Rng& rng) {
  const std::vector<fs::path> all = files_of(kind, options.window);
  Files files;
  std::set<uint64_t> contents;
  const auto n = std::ssize(all);
  for (int64_t i = 0; i < n && std::ssize(files) < kMostFiles; ++i) {
    const fs::path& path = all[static_cast<size_t>(Permutation(n, rng)(i))];
    auto file = std::make_unique<MappedFile>(path);
    const auto bytes = file->bytes();
    if (std::ssize(bytes) < options.window) continue;
    if (contents.insert(content_hash(bytes.data(), bytes.size())).second)
      files.emplace_back(path, std::move(file));
  }
  if (files.size() >= 2) return files;
  throw DataError(
      std::string(kBuiltinFiles),
      fmt::format("found {} different file{} of the kind {} ({}) below {}; expected 2 or more",
                  files.size(), files.size() == 1 ? "" : "s", kind.name, kind.what,
                  fmt::join(kind.roots, ", ")),
      fmt::format("install the package {}, or leave the kind out of --data.kinds", kind.package));
}

// Appends `count` records of windows at random places of the files.
void draw_windows(std::span<const Files::value_type> files, int64_t count, int64_t window,
                  uint8_t label, const Rng& rng, std::string& records) {
  std::vector<int64_t> ends;  // of each file's share of the weight
  int64_t total = 0;
  for (const auto& [path, file] : files)
    ends.push_back(total += std::min(kMostWeight, std::ssize(file->bytes())));
  for (int64_t i = 0; i < count; ++i) {
    const auto k = static_cast<uint64_t>(2 * i);
    const auto at = static_cast<int64_t>(rng.below(k, static_cast<uint64_t>(total)));
    const auto chosen = std::ranges::upper_bound(ends, at) - ends.begin();
    const auto bytes = files[static_cast<size_t>(chosen)].second->bytes();
    const auto places = static_cast<uint64_t>(std::ssize(bytes) - window + 1);
    const std::byte* first = bytes.data() + rng.below(k + 1, places);
    records += static_cast<char>(label);
    records.append(reinterpret_cast<const char*>(first), static_cast<size_t>(window));
  }
}

fs::path cached_place(const FilesTaskOptions& o, const fs::path& cache) {
  Hasher hasher;
  hasher.add(kVersion).add(o.kinds).add(static_cast<uint64_t>(o.window));
  hasher.add(static_cast<uint64_t>(o.examples)).add(o.seed).add(fmt::format("{}", o.val_fraction));
  return cache / ("files-" + hash_text(hasher.digest()));
}

}  // namespace

std::vector<const FileKind*> chosen_kinds(const std::string& kinds) {
  std::vector<const FileKind*> chosen;
  for (size_t begin = 0; begin <= kinds.size();) {
    const size_t end = std::min(kinds.find(',', begin), kinds.size());
    const std::string name = kinds.substr(begin, end - begin);
    begin = end + 1;
    const FileKind* kind = &find_file_kind(name);
    if (std::ranges::find(chosen, kind) != chosen.end())
      throw ConfigError("data.kinds", fmt::format("the kind {} is named twice", name), "");
    chosen.push_back(kind);
  }
  if (chosen.size() < 2)
    throw ConfigError("data.kinds",
                      fmt::format("got {} kinds of files, expected 2 or more", chosen.size()),
                      "name them separated by commas: cpp,c,elf");
  return chosen;
}

void write_files_task(std::span<const FileKind* const> kinds, const FilesTaskOptions& options,
                      const fs::path& directory) {
  const auto classes = std::ssize(kinds);
  const int64_t each = options.examples / classes;
  const int64_t held = std::llround(options.val_fraction * static_cast<double>(each));
  if (held < 1 || held >= each)
    throw ConfigError(
        "data.examples",
        fmt::format("{} of {} windows of each kind would be held out for validation", held, each),
        "ask for more data.examples, or another data.val_fraction");
  std::string train, val, list;
  std::vector<std::string> names;
  for (int64_t c = 0; c < classes; ++c) {
    const FileKind& kind = *kinds[static_cast<size_t>(c)];
    const auto stream = static_cast<uint32_t>(3 * c);
    const Files files = draw_files(kind, options, Rng(options.seed, Stream::corpus, stream));
    const auto n = static_cast<double>(files.size());
    const auto first = static_cast<size_t>(
        std::clamp<int64_t>(std::llround(options.val_fraction * n), 1, std::ssize(files) - 1));
    const std::span all(files);
    draw_windows(all.first(first), held, options.window, static_cast<uint8_t>(c),
                 Rng(options.seed, Stream::corpus, stream + 1), val);
    draw_windows(all.subspan(first), each - held, options.window, static_cast<uint8_t>(c),
                 Rng(options.seed, Stream::corpus, stream + 2), train);
    for (size_t i = 0; i < files.size(); ++i)
      list += fmt::format("{} {} {}\n", i < first ? "val" : "train", kind.name,
                          files[i].first.string());
    names.emplace_back(kind.name);
  }
  const ExampleShape shape{
      .content = Content::symbols, .width = options.window, .classes = classes};
  make_directories(directory);
  write_file_atomic(directory / "files.txt", list);
  write_file_atomic(directory / "val.bin", labelled_file(shape, names, val));
  write_file_atomic(directory / "train.bin", labelled_file(shape, names, train));
}

std::unique_ptr<LabelledData> open_files_task(const FilesTaskOptions& options,
                                              const fs::path& cache) {
  const std::vector<const FileKind*> kinds = chosen_kinds(options.kinds);
  const fs::path place = cached_place(options, cache);
  if (!names_labelled(place)) {
    // Several runs may make it at the same time: the first to finish moves it into place.
    fs::path aside = place;
    aside += fmt::format(".tmp-{}", getpid());
    write_files_task(kinds, options, aside);
    std::error_code error, ignored;
    fs::rename(aside, place, error);
    if (error) {
      fs::remove_all(aside, ignored);
      if (!names_labelled(place))
        throw ResourceError(place.string(),
                            fmt::format("cannot move the task into place: {}", error.message()),
                            "delete what is there, or choose another directory");
    }
  }
  return open_labelled(place, {});
}

}  // namespace coldstart::data
