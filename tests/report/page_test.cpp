#include "coldstart/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coldstart/core/files.h"
#include "coldstart/plan/study_verdicts.h"
#include "coldstart/report/figures_folder.h"
#include "coldstart/report/svg.h"
#include "tests/data/temp_dir.h"
#include "tests/report/small_study.h"
#include "tests/test_paths.h"

namespace coldstart::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Report, HasItsSectionsInOrder) {
  const Report report = make_report(small_study());
  std::vector<std::string> ids;
  for (const Section& section : report.sections) ids.push_back(section.id);
  EXPECT_THAT(ids, ElementsAre("summary", "verdicts", "checklist", "validity", "rates", "curves",
                               "updates", "norms", "space", "trials", "commands"));
  EXPECT_EQ(report.figures(), 1u + 3 + 5 + 2 + 3 + 2 + 1);
}

// cmake/embed_assets.cmake lists the parts in order; one that it forgets would never run.
TEST(Report, TheScriptHoldsEveryOfItsParts) {
  size_t parts = 0;
  for (const auto& part :
       std::filesystem::directory_iterator(source_dir() / "src/coldstart/report/assets/page")) {
    EXPECT_NE(assets::page_js.find(read_file(part.path())), std::string_view::npos) << part.path();
    ++parts;
  }
  EXPECT_GE(parts, 10u);
}

TEST(Report, TheTableHasEveryTrialWithAllDigits) {
  Input input = small_study();
  input.study.trials[2].evals.val[20] = 1.0 / 3;  // step 80
  const Report report = make_report(input);
  const Table& table = report.sections[9].table;
  EXPECT_EQ(table.rows.size(), 32u);
  EXPECT_EQ(table.rows[0][0], "s1/2");
  EXPECT_EQ(table.rows[0][5], "0.3333333333333333");
  EXPECT_EQ(table.rows[0][6], "80");
}

TEST(Report, AnswersComeBeforeAllElseThatIsConcluded) {
  Input input = small_study();
  input.answers = {{.id = "warmup", .title = "Does it need warmup?", .text = "No " + kHostile}};
  input.answers[0].summary = {{"optimizer", "warmup"}, {{"adamw", "5% " + kHostile}}};
  input.answers[0].list = {"cause: " + kHostile};
  const Report report = make_report(std::move(input));
  EXPECT_EQ(report.sections[1].id, "warmup");
  const std::string page = html_page(report);
  EXPECT_THAT(page, HasSubstr("<td>5% &lt;/script"));
  EXPECT_THAT(page, Not(HasSubstr(kHostile)));
}

TEST(Report, HasGivenVerdictsAndThoseOfTheRecords) {
  Input input = small_study();
  add_space(input);
  const auto judged = plan::study_verdicts(input.study).verdicts;
  const Report report = make_report(std::move(input));
  const Section& verdicts = report.sections[1];
  ASSERT_EQ(verdicts.id, "verdicts");
  ASSERT_EQ(verdicts.verdicts.size(), 1 + judged.size());
  EXPECT_EQ(verdicts.verdicts[0].rule, "SB-01") << "the one that was given";
  for (size_t i = 0; i < judged.size(); ++i) {
    EXPECT_EQ(verdicts.verdicts[i + 1].rule, judged[i].rule);
    EXPECT_EQ(verdicts.verdicts[i + 1].text, judged[i].text);
  }
  const Section& checklist = report.sections[2];
  EXPECT_EQ(checklist.checks.size(), 7u);
  for (const Check& check : checklist.checks)
    for (const plan::Verdict& detail : check.details)
      EXPECT_TRUE(std::ranges::none_of(judged, [&](const plan::Verdict& verdict) {
        return verdict.rule == detail.rule && verdict.text == detail.text;
      })) << detail.text;
  EXPECT_THAT(html_page(report), HasSubstr("Is the search space large enough?"));
}

TEST(Report, WhatCurvesShowFlagsTheirTrial) {
  const Report report = make_report(small_study());
  const auto curves = std::ranges::find(report.sections, "curves", &Section::id);
  ASSERT_NE(curves, report.sections.end());
  EXPECT_THAT(curves->list, testing::Contains(HasSubstr("s1/2: W-LUCKY-STEP: the two best")));
  EXPECT_THAT(curves->list, testing::Contains(HasSubstr("infeasible: diverged")));
}

TEST(Page, NeedsNothingElse) {
  const std::string page = html_page(make_report(small_study()));
  for (const char* outside : {" src=", "href=\"http", "@import", "url(http", "fetch(\"http"})
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  EXPECT_THAT(page, HasSubstr("Chart.js v"));
}

// Names, notes, goals, verdicts and commands are anybody's text.
TEST(Page, HostileTextIsText) {
  const std::string page = html_page(make_report(small_study()));
  EXPECT_THAT(page, Not(HasSubstr(kHostile)));
  EXPECT_THAT(page, Not(HasSubstr("<script>document.title")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;document.title"));
  EXPECT_THAT(page, HasSubstr("0-10% |###"));
  EXPECT_THAT(page, HasSubstr("NOISE_LOWER_BOUND"));
  size_t scripts = 0;
  for (size_t at = 0; (at = page.find("<script", at)) != std::string::npos; ++at) ++scripts;
  // The figures, Chart.js, our own; no more than without hostile text.
  Input plain = small_study();
  plain.study.name = "plain";
  const std::string other = html_page(make_report(plain));
  size_t others = 0;
  for (size_t at = 0; (at = other.find("<script", at)) != std::string::npos; ++at) ++others;
  EXPECT_EQ(scripts, others);
}

TEST(Page, TheNumbersOfTheFiguresAreThoseOfTheRecords) {
  const auto json = nlohmann::json::parse(figures_json(make_report(small_study())));
  const auto& figure = json[0]["variants"][0]["figure"];
  EXPECT_EQ(json[0]["id"], "loss_against_lr");
  bool seen = false;
  for (const auto& series : figure["series"]) {
    if (series["label"] != "lion_ar, warmup 10%") continue;
    seen = true;
    EXPECT_EQ(series["x"][1].get<double>(), 0.001);
    EXPECT_EQ(series["y"][1].get<double>(),
              (planted_result(0.001, true, 1) + planted_result(0.001, true, 2)) / 2);
  }
  EXPECT_TRUE(seen);
}

TEST(Page, OfASingleRun) {
  Input input = small_study();
  input.study.trials.resize(1);
  input.details.resize(1);
  input.verdicts.clear();
  input.is_run = true;
  const Report report = make_report(input);
  EXPECT_THAT(report.sections[0].text, HasSubstr("Finished after 100 steps of 100"));
  EXPECT_EQ(report.figures(), 2u + 5 + 2) << "loss and rate, traces and heat map, norms";
}

TEST(Page, OfTrialsWithoutAnyCurve) {
  Input input;
  input.study.name = "empty";
  input.study.trials.resize(2);
  const Report report = make_report(input);
  EXPECT_EQ(report.figures(), 0u);
  EXPECT_THAT(html_page(report), HasSubstr("2 not finished"));
}

TEST(Svg, IsWellFormedAndHasItsMarks) {
  Figure figure{.id = "f", .title = kHostile, .caption = "", .x = {"lr", true}, .y = {"loss"}};
  figure.series = {{.label = "a", .mark = Mark::line_points, .x = {0.1, 1, 10}, .y = {1, NAN, 3}},
                   {.label = "b", .mark = Mark::stars, .x = {1}, .y = {2}},
                   {.label = "c", .mark = Mark::crosses, .color = -2, .x = {1}, .y = {3}}};
  const std::string text = svg(figure);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, HasSubstr("<polygon"));
  EXPECT_THAT(text, HasSubstr("#e5484d"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  EXPECT_THAT(text, testing::EndsWith("</svg>\n"));
}

TEST(FiguresFolder, HasEveryFigureAndASummary) {
  const data::TempDir dir;
  const Report report = make_report(small_study());
  write_figures(report, dir / "figures");
  const std::string readme = read_file(dir / "figures/README.md");
  EXPECT_THAT(readme, HasSubstr("![val\\_loss against learning rate](loss_against_lr.svg)"));
  // As text; in the block of commands, which Markdown takes as it stands, after four spaces.
  for (size_t at = 0; (at = readme.find("<script", at)) != std::string::npos; ++at)
    EXPECT_EQ(readme.substr(readme.rfind('\n', at) + 1, 4), "    ");
  size_t links = 0;
  for (const auto& [name, content] : figure_files(report)) {
    if (name == "README.md") continue;
    ++links;
    EXPECT_THAT(readme, HasSubstr("(" + name + ")"));
    EXPECT_EQ(read_file(dir / "figures" / name), content);
  }
  EXPECT_GE(links, report.figures());
}

TEST(FiguresFolder, ShowsPngWhereThereAreSome) {
  const Report report = make_report(small_study());
  FolderOptions options{.format = FigureFormat::both,
                        .png = [](const std::string& svg) { return "PNG of " + svg; }};
  const auto both = figure_files(report, options);
  options.format = FigureFormat::png;
  const auto png = figure_files(report, options);
  EXPECT_EQ(both.size(), 2 * png.size() - 1);
  EXPECT_THAT(both.back().second, HasSubstr("](loss_against_lr.png)"));
  EXPECT_EQ(both[0].second, "PNG of " + both[1].second);
  EXPECT_EQ(png[0].first, "loss_against_lr.png");
}

}  // namespace
}  // namespace coldstart::report
