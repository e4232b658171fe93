#include "coldstart/io/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "coldstart/core/error.h"

namespace coldstart::io {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

char separator_of(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  char best = ',';
  for (const char candidate : {';', '\t'})
    if (std::ranges::count(first, candidate) > std::ranges::count(first, best)) best = candidate;
  return best;
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string source)
    : text_(text), source_(std::move(source)) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  separator_ = separator_of(text_);
  bool cut_off = false;
  if (!read_row(header_, cut_off))
    throw DataError(source_, "the file is empty; expected a header that names the columns",
                    "the first line of a CSV file names its columns: step,val_loss");
}

// One row. cut_off: the text ended without a line end.
bool CsvReader::read_row(std::vector<std::string>& cells, bool& cut_off) {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r'))
    if (text_[at_++] == '\n') ++line_;
  row_line_ = line_;
  if (at_ >= text_.size()) return false;
  size_t count = 0;
  for (bool more = true; more;) {
    if (count == cells.size()) cells.emplace_back();
    std::string& cell = cells[count++];
    cell.clear();
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"' && quoted && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += text_[++at_];
      } else if (c == '"' && (quoted || cell.empty())) {
        quoted = !quoted;
      } else if (!quoted && (c == separator_ || c == '\n')) {
        break;
      } else {
        if (c == '\n') ++line_;
        cell += c;
      }
    }
    if (quoted)
      throw DataError(fmt::format("{}:{}", source_, row_line_), "a quote is never closed",
                      "a quote inside a quoted cell is written twice");
    cut_off = at_ >= text_.size();
    more = !cut_off && text_[at_] == separator_;
    if (!cut_off) ++at_;
    if (!more) {
      if (!cut_off) ++line_;
      if (cell.ends_with('\r')) cell.pop_back();
    }
  }
  cells.resize(count);
  return true;
}

bool CsvReader::next(std::vector<std::string>& cells) {
  bool cut_off = false;
  if (!read_row(cells, cut_off)) return false;
  if (cells.size() == header_.size()) return true;
  if (cut_off && cells.size() < header_.size()) return false;
  throw DataError(
      fmt::format("{}:{}", source_, row_line_),
      fmt::format("a row has {} cells; expected {}, as the header", cells.size(), header_.size()),
      "cells that hold the separator stand in double quotes");
}

}  // namespace coldstart::io
