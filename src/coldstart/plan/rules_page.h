// docs/rules.md, made from the table of rules. Test: tests/plan/rules_test.cpp holds the committed
// page against this one.
#pragma once

#include <string>

namespace coldstart::plan {

std::string rules_page();

}  // namespace coldstart::plan
