// The design of a study as the linter sees it (plan/lint.h), from its specification and, with the
// built-in trainer, from the configuration that its trials share.
// Test: tests/study/design_test.cpp.
#pragma once

#include <filesystem>

#include "coldstart/plan/lint.h"
#include "coldstart/study/spec.h"

namespace coldstart::study {

// directory: what paths in the specification are relative to. ConfigError as of base_config and
// fit_to_trainer.
plan::StudyDesign design_of(Spec spec, const std::filesystem::path& directory);

}  // namespace coldstart::study
