#include "coldstart/data/file_kinds.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "coldstart/core/error.h"
#include "coldstart/core/text.h"

namespace coldstart::data {

namespace fs = std::filesystem;

namespace {

constexpr size_t kHeadBytes = 64;

bool is_text(const fs::path& /*path*/, std::string_view head) {
  return head.find('\0') == std::string_view::npos;
}

bool is_c_header(const fs::path& path, std::string_view head) {
  return path.string().find("/c++/") == std::string::npos && is_text(path, head);
}

// Executables and shared libraries (e_type 2 and 3), not the objects that archives are made of.
bool is_elf(const fs::path& /*path*/, std::string_view head) {
  return head.size() > 17 &&
         head.starts_with(
             "\x7f"
             "ELF") &&
         (head[16] == 2 || head[16] == 3);
}

bool is_archive(const fs::path& /*path*/, std::string_view head) {
  return head.starts_with("!<arch>\n");
}

bool is_shell(const fs::path& /*path*/, std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\n'));
  return line.starts_with("#!") && (line.find("/sh") != std::string_view::npos ||
                                    line.find("bash") != std::string_view::npos);
}

bool is_terminfo(const fs::path& /*path*/, std::string_view head) {
  return head.starts_with("\x1a\x01") || head.starts_with("\x1e\x02");
}

bool is_zoneinfo(const fs::path& /*path*/, std::string_view head) {
  return head.starts_with("TZif");
}

bool is_gettext(const fs::path& /*path*/, std::string_view head) {
  return head.starts_with("\xde\x12\x04\x95") || head.starts_with("\x95\x04\x12\xde");
}

bool is_gzip(const fs::path& /*path*/, std::string_view head) {
  return head.starts_with("\x1f\x8b");
}

std::string head_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(kHeadBytes, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(file.gcount()));
  return head;
}

bool has_ending(const std::string& name, const std::vector<std::string_view>& endings) {
  return endings.empty() || std::ranges::any_of(endings, [&](std::string_view ending) {
           // A library may be called libx.so.1.2.
           return name.ends_with(ending) ||
                  (ending == ".so" && name.find(".so.") != std::string::npos);
         });
}

void collect(const fs::path& root, const FileKind& kind, int64_t least_bytes,
             std::vector<fs::path>& files) {
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(root, options, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_symlink(ignored) || !entry->is_regular_file(ignored)) continue;
    if (!has_ending(entry->path().filename().string(), kind.endings)) continue;
    const auto size = static_cast<int64_t>(entry->file_size(ignored));
    if (ignored || size < least_bytes) continue;
    const std::string head = head_of(entry->path());
    if (!head.empty() && kind.is_one(entry->path(), head)) files.push_back(entry->path());
  }
}

}  // namespace

std::span<const FileKind> file_kinds() {
  static const std::vector<FileKind> kinds = {
      {"cpp", "C++ standard library headers", {"/usr/include/c++"}, {}, is_text, "libstdc++-dev"},
      {"c", "C headers", {"/usr/include"}, {".h"}, is_c_header, "libc6-dev"},
      {"elf",
       "executables and shared libraries",
       {"/usr/bin", "/usr/lib", "/usr/lib64"},
       {".so"},
       is_elf,
       "libc6"},
      {"archive", "static libraries", {"/usr/lib", "/usr/lib64"}, {".a"}, is_archive, "libc6-dev"},
      {"perl",
       "Perl modules",
       {"/usr/share/perl", "/usr/share/perl5", "/usr/lib"},
       {".pm", ".pl"},
       is_text,
       "perl-base"},
      {"shell",
       "shell scripts",
       {"/usr/bin", "/usr/sbin", "/etc", "/var/lib/dpkg/info"},
       {},
       is_shell,
       "dash"},
      {"terminfo",
       "terminal descriptions",
       {"/usr/share/terminfo", "/usr/lib/terminfo", "/lib/terminfo"},
       {},
       is_terminfo,
       "ncurses-base"},
      {"python",
       "Python modules",
       {"/usr/lib", "/usr/share"},
       {".py"},
       is_text,
       "libpython3-stdlib"},
      {"zoneinfo", "time zones", {"/usr/share/zoneinfo"}, {}, is_zoneinfo, "tzdata"},
      {"gettext", "translated messages", {"/usr/share/locale"}, {".mo"}, is_gettext, "git"},
      {"gzip",
       "compressed pages and changelogs",
       {"/usr/share/doc", "/usr/share/man"},
       {".gz"},
       is_gzip,
       "perl"},
  };
  return kinds;
}

const FileKind& find_file_kind(std::string_view name) {
  std::vector<std::string> names;
  for (const FileKind& kind : file_kinds()) {
    if (kind.name == name) return kind;
    names.emplace_back(kind.name);
  }
  throw ConfigError("data.kinds", fmt::format("there is no kind of file '{}'", name),
                    fmt::format("there are {}", fmt::join(names, ", ")));
}

std::vector<fs::path> files_of(const FileKind& kind, int64_t least_bytes) {
  std::vector<fs::path> files;
  std::vector<fs::path> done;
  for (const std::string& root : kind.roots) {
    std::error_code error;
    const fs::path place = fs::canonical(root, error);
    if (error || std::ranges::find(done, place) != done.end()) continue;
    done.push_back(place);
    collect(place, kind, least_bytes, files);
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace coldstart::data
