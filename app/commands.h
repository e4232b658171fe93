// The verbs. Each lives in app/cmd_<verb>.cpp: flags -> one library call -> print.
//
// add_<verb> creates the subcommand and sets its callback. A verb throws coldstart::Error for
// anything that ends it (main prints it and exits with 2) and CLI::RuntimeError(code) to end with
// another exit code after it has said why.
#pragma once

#include <CLI/CLI.hpp>

namespace coldstart::app {

void add_bench(CLI::App& app);
void add_data(CLI::App& app);
void add_demo(CLI::App& app);
void add_docs(CLI::App& app);
void add_eval(CLI::App& app);
void add_explain(CLI::App& app);
void add_export(CLI::App& app);
void add_import(CLI::App& app);
void add_noise(CLI::App& app);
void add_report(CLI::App& app);
void add_sample(CLI::App& app);
void add_stability(CLI::App& app);
void add_steps(CLI::App& app);
void add_study(CLI::App& app);
void add_throughput(CLI::App& app);
void add_train(CLI::App& app);
void add_trace(CLI::App& app);
void add_tune(CLI::App& app);
void add_warmup(CLI::App& app);

}  // namespace coldstart::app
