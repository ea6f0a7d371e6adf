// What a person sees: progress on stderr, the verdict on stdout.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "bench/output/cell_summary.hpp"

namespace sharebench {

/// Human-readable nanoseconds: "7.43 ns", "48.2 us".
std::string format_ns(double ns);

/// One redrawn line on a terminal; elsewhere (or with CI=true) one plain line a cell in its first
/// block, one a block afterwards, and a heartbeat at the end of a trial when 30 s were silent.
class Progress {
 public:
  Progress(std::size_t trials, std::FILE* to);
  /// Trials that an earlier run has measured.
  void already_done(std::size_t trials) { done_ = trials; }
  void end_block(const BlockRecord& block);
  void begin_block(const std::string& stage, std::uint32_t block, std::uint32_t blocks);
  void begin_trial(const Cell& cell);
  void end_trial(const TrialRecord& record);
  /// A remark that stays on the screen.
  void say(const std::string& text);
  void finish();

 private:
  double elapsed() const;
  void clear_line();
  std::FILE* to_;
  bool terminal_;
  std::size_t done_ = 0, done_at_block_ = 0, trials_;
  std::uint32_t block_ = 0;
  std::string stage_;
  std::chrono::steady_clock::time_point begin_, last_line_;
};

/// Whether output to `stream` may be coloured. @param choice "auto", "always" or "never".
bool use_colour(const std::string& choice, std::FILE* stream);

/// The verdict table: for each comparison group its backends, with what they cost and whether they
/// kept their promise.
std::string verdict_table(const std::vector<CellSummary>& cells, const RunFacts& facts,
                          bool colour);

}  // namespace sharebench
