// Report: the sections of a page, not yet in any format. page.h makes one HTML file of it,
// figures_folder.h Markdown with its figures as files. Test: tests/report/page_test.cpp.
#pragma once

#include <string>
#include <vector>

#include "coldstart/report/input.h"
#include "coldstart/report/section.h"

namespace coldstart::report {

struct Report {
  std::string title, subtitle, footer;
  std::vector<Section> sections;  // none is empty

  size_t figures() const;  // panels of all sections
};

// The records are judged here (plan/study_verdicts.h); what the planner finds in curves flags their
// trials.
Report make_report(Input input);

}  // namespace coldstart::report
