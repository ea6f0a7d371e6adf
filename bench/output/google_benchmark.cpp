#include "bench/output/google_benchmark.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <share/core/error.hpp>
#include <string_view>

namespace sharebench {
namespace {

/// Takes the place of Google Benchmark's console reporter, which cannot be run twice, and holds it
/// to its word: each report must be the cell that was just run, under its full name.
class CellReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.benchmark_name() != expected)
        throw share::Error("Google Benchmark reports '" + run.benchmark_name() + "' for '" +
                           expected + "'");
  }
  std::string expected;
};

}  // namespace

void start_google_benchmark(const std::string& executable) {
  // It also takes its flags from the environment, past our own checks.
  for (char** variable = environ; *variable != nullptr;) {
    const std::string_view text = *variable;
    if (text.starts_with("BENCHMARK_"))
      unsetenv(std::string(text.substr(0, text.find('='))).c_str());  // moves the next one here
    else
      ++variable;
  }
  std::string name = executable;
  std::string one_run = "--benchmark_min_time=0";  // one iteration a registration: one trial
  char* arguments[] = {name.data(), one_run.data(), nullptr};
  int count = 2;
  benchmark::Initialize(&count, arguments);
}

void run_block(const std::vector<Cell>& cells, const std::function<BlockOutcome(const Cell&)>& run,
               const std::function<bool()>& stop) {
  CellReporter reporter;
  for (const Cell& cell : cells) {
    benchmark::RegisterBenchmark(registered_name(cell).c_str(), [&, cell](benchmark::State& state) {
      reporter.expected = full_name(cell);
      if (stop()) {
        state.SkipWithError("stopped");
        return;
      }
      for (auto _ : state) {
        const BlockOutcome outcome = run(cell);
        if (!outcome.error.empty()) {
          state.SkipWithError(outcome.error.c_str());
          return;
        }
        state.SetIterationTime(outcome.seconds_per_operation);
      }
    })->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks(&reporter, ".");
  benchmark::ClearRegisteredBenchmarks();
}

}  // namespace sharebench
