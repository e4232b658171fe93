#include "coldstart/study/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coldstart/io/json_record.h"
#include "tests/study/small_study.h"

namespace coldstart::study {
namespace {

using testing::HasSubstr;

std::vector<TrialRow> rows() {
  std::vector<TrialRow> rows(4);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].index = static_cast<int64_t>(i);
  rows[0].state = State::finished;
  rows[0].best = 1.5;
  rows[0].best_step = 90;
  rows[1].state = State::infeasible;
  rows[1].reason = plan::Reason::nan;
  rows[1].note = "evil \x1b[31m\n<b>";
  rows[2].state = State::running;
  rows[2].log.last_step = 40;
  rows[2].log.last_loss = 2.25;
  return rows;
}

TEST(StudyConsole, TheLiveTableHasALineForEachRunningTrialAndOneForAll) {
  const auto lines = live_lines(rows(), 100, 65, 200);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "trial 2     running   step      40/100  loss 2.2500");
  EXPECT_EQ(lines[1], "2 of 4 over: 1 finished, 1 infeasible, 1 running, 1 planned  1:05 left");
  for (const std::string& line : live_lines(rows(), 100, 65, 20)) EXPECT_LE(line.size(), 20u);
}

TEST(StudyConsole, HostileTextIsShownAsText) {
  EXPECT_EQ(trial_line(rows()[1]), "trial 1  infeasible (nan): evil ?[31m?<b>");
  EXPECT_EQ(trial_line(rows()[0]), "trial 0  finished  best 1.5000 at step 90");
}

TEST(StudyConsole, StatusShowsEveryTrialWithItsValues) {
  const data::TempDir temp;
  const StudyDirectory study = make_study(temp / "s");
  const std::string table = status_table(study, rows());
  EXPECT_THAT(table, HasSubstr("which rate"));
  EXPECT_THAT(table, HasSubstr("     0 finished            0     1.5000      1  lr 0.001\n"));
  EXPECT_THAT(table, HasSubstr("lr 0.001  [nan: evil ?[31m?<b>]"));
  const std::string json = status_json(study, rows());
  const auto first = io::JsonRecord::parse(json.substr(0, json.find('\n')), "t");
  EXPECT_EQ(first.number("best"), 1.5);
  EXPECT_EQ(first.text("value.lr"), "0.001");
  EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 5);
}

}  // namespace
}  // namespace coldstart::study
