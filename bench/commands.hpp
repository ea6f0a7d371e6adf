// The commands of sharebench, one function each; they return the exit status.
#pragma once

#include "bench/options.hpp"

namespace sharebench {

int run_sweep(const Options& options);
int show_plan(const Options& options);
int show_list();
int list_tests(const Options& options);
int answer_trial(const Options& options);
int run_compare(const Options& options);
int save_baseline(const Options& options);
int show_baselines(const Options& options);
int run_doctor(const Options& options);
int run_gate(const Options& options);
int run_primitives(const Options& options);

/// The sweep that the options describe, with their changes. @throws SweepError.
Sweep chosen_sweep(const Options& options);

}  // namespace sharebench
