// Lint: what is wrong with a study before any money is spent on it.
//
// The design of a study against the playbook's rules about goals and roles (L517-797), batch size
// (L2014-2026), evaluation (L1402-1464), grids (L1766-1771), Adam (L1645-1661), warmup (L1941-1943)
// and regularisation (L1320-1322). E- findings refuse the study, W- findings are printed and kept.
// Test: tests/plan/lint_test.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coldstart/plan/space.h"
#include "coldstart/plan/trial.h"
#include "coldstart/plan/verdict.h"

namespace coldstart::plan {

// What is known of a study before it runs; 0 or false: not known, or not so.
struct StudyDesign {
  std::string goal;
  std::vector<HParam> space;
  Sampling sampling = Sampling::quasi_random;
  int64_t trials = 0;
  int64_t max_steps = 0, production_steps = 0;
  int64_t eval_every = 0;  // steps
  int64_t train_batch = 0, eval_batch = 0;
  int64_t warmup = 0;
  bool keeps_best = true;
  bool joint = false;           // several scientific hyperparameters at once, on purpose
  bool regularisation = false;  // any is on, such as dropout or weight decay
  bool not_fittable = false;    // the training data cannot be fitted perfectly (NOT_FITTABLE)
  bool adam = false;            // the optimizer is one of Adam's family
  std::string metric = "val_loss";
};
StudyDesign design_of(const Study& study);

struct LintFinding {
  std::string rule;  // "SD-04"
  std::string code;  // "W-LR-FIXED"; empty: a remark
  std::string text;
  bool error() const { return code.starts_with("E-"); }
};
// Errors first. ConfigError for a range its scale cannot hold (scale.h).
std::vector<LintFinding> lint(const StudyDesign& design);
// One verdict: REFUSED, NOTE or KEEP, with the numbers the playbook wants balanced (SD-09).
Verdict lint_verdict(const StudyDesign& design);

}  // namespace coldstart::plan
