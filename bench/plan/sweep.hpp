// Sweep: what to measure, as a profile or a file says it. Read and validated here; what its words
// mean on a machine is the plan's business.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "bench/trial/trial.hpp"

namespace sharebench {

/// A wrong sweep file, key or value: the message names all three and what is allowed. Exit code 2.
class SweepError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One rectangle of cells: the product of its axes. Numbers may be words that depend on the
/// machine.
struct CellAxes {
  std::string workload;
  std::vector<std::string> backends;
  std::vector<std::string> procs;                  ///< numbers, "cores", "2*cores"
  std::vector<std::string> elements;               ///< numbers, "l2", "beyond-llc"; square only
  std::vector<std::string> slices;                 ///< numbers, "all"; square only
  std::vector<std::uint32_t> payload_bytes = {0};  ///< 0 only but for record and append
  std::vector<std::string> layout = {""};          ///< see apart_bytes()
  std::vector<std::uint32_t> think_ns = {0}, critical_ns = {0};  ///< 0 only for square
  std::vector<std::string> pin = {""};                           ///< see trial/placement.hpp
  std::vector<std::uint32_t> in_flight = {1};  ///< 1 only but for increment and append
  std::vector<std::uint32_t> window_ms = {0};
  std::vector<std::uint32_t> load_percent = {0}, idle_us = {0};  ///< 0 only but for latency
};

struct Stage {
  std::string name;
  std::uint32_t blocks = 9;
  std::uint32_t min_blocks =
      0;  ///< these come before the later stages' blocks beyond their own min_blocks
  /// Above 0: blocks are added up to `blocks` until every cell's interval is that narrow, as half
  /// of its width in parts of one; looked at after as many blocks as kLooks says.
  double max_noise = 0;
  bool ranked = true;
  bool floors = false;
  Measure measure = Measure::throughput;
  std::vector<CellAxes> cells;
};

inline constexpr std::uint64_t kMaxProcs = 1024;

/// A block is looked at for its width only here, never for a difference.
inline constexpr std::array<std::uint32_t, 8> kLooks = {9, 12, 16, 20, 24, 30, 45, 60};

struct Sweep {
  std::string name;
  double budget_seconds = 0;  ///< 0: as long as it takes
  std::uint64_t seed = 1;
  bool shuffled = true;       ///< false: the cells of a block in the order of the sweep
  std::uint32_t repeats = 3;  ///< of a block that was noisy, at most
  Timing timing;
  std::vector<Stage> stages;
};

/// @param source names the text in messages (a file or "profile quick"). @throws SweepError.
Sweep parse_sweep(const std::string& text, const std::string& source);
nlohmann::json to_json(const Sweep& sweep);
nlohmann::json to_json(const Timing& timing);
/// @param source names the text in messages. @throws SweepError.
Timing parse_timing(const nlohmann::json& json, const std::string& source);

/// The profiles that are built in: smoke, quick, locks, ci, full.
std::vector<std::string> profile_names();
/// @throws SweepError for an unknown name.
Sweep load_profile(const std::string& name);
Sweep load_sweep_file(const std::string& path);

}  // namespace sharebench
