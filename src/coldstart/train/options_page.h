// docs/options.md, made from the fields of RunConfig, so that it cannot drift from the program.
// Test: tests/train/options_page_test.cpp holds the committed page against this one.
#pragma once

#include <string>

namespace coldstart::train {

std::string options_page();

}  // namespace coldstart::train
