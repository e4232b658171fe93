#include "coldstart/report/page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "coldstart/core/files.h"
#include "coldstart/core/text.h"
#include "coldstart/report/escape.h"

namespace coldstart::report {

namespace {

constexpr size_t kLongList = 6;

std::string list_html(const std::vector<std::string>& texts, const char* css) {
  if (texts.empty()) return "";
  const bool folded = texts.size() > kLongList;
  std::string out =
      folded ? fmt::format("<details><summary>{} entries</summary>\n", texts.size()) : "";
  out += fmt::format("<ul class=\"{}\">\n", css);
  for (const std::string& text : texts) out += fmt::format("<li>{}</li>\n", html(text));
  return out + (folded ? "</ul></details>\n" : "</ul>\n");
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "";
}

std::string interval_text(const plan::Interval& value) {
  if (!std::isfinite(value.mid)) return "";
  if (!std::isfinite(value.lo) || !std::isfinite(value.hi)) return number(value.mid);
  return fmt::format("{} [{}, {}]", number(value.mid), number(value.lo), number(value.hi));
}

std::string table_html(const Table& table) {
  if (table.rows.empty()) return "";
  std::string out = "<div class=\"scroll\"><table class=\"sortable\"><thead><tr>";
  for (const std::string& name : table.header)
    out += fmt::format("<th scope=\"col\">{}</th>", html(name));
  out += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const std::string& cell : row) {
      const std::string_view text = cell;
      const bool numeric =
          parse_double(text.ends_with('%') ? text.substr(0, text.size() - 1) : text).has_value();
      out += fmt::format("<td{}>{}</td>", numeric ? " class=\"number\"" : "", html(cell));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string verdict_html(const plan::Verdict& verdict) {
  std::string out = fmt::format(
      "<article class=\"verdict {}\"><h3><span class=\"label\">{}</span> <span "
      "class=\"rule\">{}</span>"
      "</h3>\n<p>{}</p>\n",
      enum_name(verdict.standing), html(verdict.label), html(verdict.rule), html(verdict.text));
  if (!verdict.chart.empty()) out += fmt::format("<pre>{}</pre>\n", html(verdict.chart));
  if (!verdict.tags.empty())
    out += fmt::format("<p class=\"small\">Tags: {}</p>\n",
                       html(fmt::format("{}", fmt::join(verdict.tags, ", "))));
  out += list_html(verdict.warnings, "warnings");
  if (!verdict.evidence.empty()) {
    Table table{{"evidence", "what", "value", "threshold", "whose", "speaks for"}, {}};
    for (const plan::Evidence& e : verdict.evidence)
      table.rows.push_back({e.id, e.what, interval_text(e.value), number(e.threshold),
                            std::isfinite(e.threshold) ? std::string(enum_name(e.basis)) : "",
                            e.vote});
    out += fmt::format("<details><summary>Evidence</summary>{}</details>\n", table_html(table));
  }
  if (!verdict.would_change.empty())
    out += fmt::format("<p class=\"small\">What would change it:</p>{}",
                       list_html(verdict.would_change, "plain"));
  if (!verdict.next.empty()) {
    out += "<p class=\"small\">Next:</p><pre>";
    for (const std::string& line : verdict.next) out += html(line) + "\n";
    out += "</pre>\n";
  }
  return out + "</article>\n";
}

std::string checks_html(const std::vector<Check>& checks) {
  if (checks.empty()) return "";
  std::string out = "<ul class=\"checks\">\n";
  for (const Check& check : checks) {
    const char* css = check.answer == Answer::good   ? "good"
                      : check.answer == Answer::look ? "look"
                                                     : "open";
    const char* sign = check.answer == Answer::good   ? "ok"
                       : check.answer == Answer::look ? "look"
                                                      : "open";
    out += fmt::format("<li class=\"{}\"><span class=\"sign\">{}</span><b>{}</b> {}\n", css, sign,
                       html(check.question), html(check.text));
    if (!check.details.empty()) {
      out += "<details><summary>Evidence</summary>\n";
      for (const plan::Verdict& verdict : check.details) out += verdict_html(verdict);
      out += "</details>";
    }
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string section_html(const Section& section, size_t& panel) {
  std::string out =
      fmt::format("<section id=\"{}\"><h2>{}</h2>\n", html(section.id), html(section.title));
  if (!section.text.empty()) out += fmt::format("<p>{}</p>\n", html(section.text));
  out += checks_html(section.checks) + table_html(section.summary);
  for (const plan::Verdict& verdict : section.verdicts) out += verdict_html(verdict);
  out += list_html(section.list, "plain");
  if (!section.panels.empty()) {
    out += "<div class=\"figures\">\n";
    for (const Panel& p : section.panels)
      out += fmt::format("<figure id=\"{}\" data-panel=\"{}\"></figure>\n", html(p.id), panel++);
    out += "</div>\n";
  }
  out += table_html(section.table);
  if (!section.commands.empty()) {
    out += "<pre>";
    for (const std::string& line : section.commands) out += html(line) + "\n";
    out += "</pre>\n";
  }
  return out + "</section>\n";
}

}  // namespace

std::string html_page(const Report& report, const PageOptions& options) {
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"{}>\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src "
      "'unsafe-inline'; style-src 'unsafe-inline'; img-src data:{}\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header><h1>{}</h1>\n",
      options.live ? " data-live=\"1\"" : "", options.live ? "; connect-src 'self'" : "",
      html(report.title), assets::page_css, html(report.title));
  if (!report.subtitle.empty())
    page += fmt::format("<p class=\"subtitle\">{}</p>\n", html(report.subtitle));
  page += "<nav>";
  for (const Section& section : report.sections)
    page += fmt::format("<a href=\"#{}\">{}</a> ", html(section.id), html(section.title));
  page += "</nav></header>\n<main>\n";
  size_t panel = 0;
  for (const Section& section : report.sections) page += section_html(section, panel);
  page += fmt::format("</main>\n<footer>{}</footer>\n", html(report.footer));
  page += fmt::format("<script type=\"application/json\" id=\"figures\">{}</script>\n",
                      figures_json(report));
  (page += "<script>").append(assets::chart_js) += "</script>\n";
  (page += "<script>").append(assets::page_js) += "</script>\n";
  return page += "</body>\n</html>\n";
}

size_t write_page(const Report& report, const std::filesystem::path& file) {
  const std::string page = html_page(report);
  write_file_atomic(file, page);
  return page.size();
}

}  // namespace coldstart::report
