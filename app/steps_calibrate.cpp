// coldstart steps calibrate RUNS: how good predictions and verdicts would have been on these runs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/steps.h"
#include "coldstart/core/files.h"
#include "coldstart/plan/calibrate.h"

namespace coldstart::app {

namespace {

struct CalibrateFlags {
  RunFlags runs;
  std::string out;
  double sigma = 0;
  bool json = false;
};

void print_json(const plan::Calibration& c) {
  nlohmann::ordered_json json = {{"type", "calibration"},
                                 {"predictions", nlohmann::ordered_json::array()},
                                 {"verdicts", nlohmann::ordered_json::array()}};
  for (const plan::ReplayedPrediction& p : c.predictions) {
    nlohmann::ordered_json one = {{"run", p.run}, {"from", p.from}, {"to", p.to}};
    if (p.refused.empty()) {
      one["design"] = enum_name(p.design);
      one["predicted"] = p.predicted;
      one["measured"] = p.measured;
      one["range"] = {p.range.lo, p.range.mid, p.range.hi};
      one["hit"] = p.hit();
    } else {
      one["refused"] = p.refused;
    }
    json["predictions"].push_back(std::move(one));
  }
  for (const plan::ReplayedVerdict& v : c.verdicts) {
    nlohmann::ordered_json one = {{"run", v.run}};
    if (v.refused.empty()) {
      one["verdict"] = enum_name(v.verdict);
      one["truth"] = enum_name(v.truth);
      one["gain"] = v.gain;
    } else {
      one["refused"] = v.refused;
    }
    json["verdicts"].push_back(std::move(one));
  }
  fmt::print("{}\n", json.dump());
}

void replay(const CalibrateFlags& f) {
  const plan::Calibration c = plan::calibrate(f.runs.load(), {.sigma = f.sigma});
  if (f.json) {
    print_json(c);
  } else {
    fmt::print("{}", plan::text_of(c));
  }
  if (f.out.empty()) return;
  std::string text =
      "# |predicted / measured - 1| of replayed runs, for steps predict --holdouts\n";
  for (const double error : c.errors()) text += fmt::format("{}\n", error);
  write_file_atomic(f.out, text);
}

}  // namespace

void add_steps_calibrate(CLI::App& steps) {
  CLI::App* verb = steps.add_subcommand(
      "calibrate", "Replay finished runs: cut them, predict and judge, and compare");
  auto f = std::make_shared<CalibrateFlags>();
  f->runs.add_to(*verb);
  verb->add_option("--out", f->out, "write the errors, for steps predict --holdouts");
  verb->add_option("--sigma", f->sigma, "standard deviation of the loss between seeds, nats")
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--json", f->json, "print one JSON object");
  verb->footer(
      "Example:\n"
      "  coldstart steps calibrate runs/* --out holdouts.txt");
  verb->callback([f] { replay(*f); });
}

}  // namespace coldstart::app
