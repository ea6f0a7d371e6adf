// Sweep: what to measure, as a profile or a file says it. Read and validated here; what its words
// mean on a machine is the plan's business.
#pragma once

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
  std::vector<std::string> procs;     ///< numbers, "cores", "2*cores"
  std::vector<std::string> elements;  ///< numbers, "l2", "beyond-llc"; empty for increment
  std::vector<std::string> slices;    ///< numbers, "all"; empty for increment
};

struct Stage {
  std::string name;
  std::uint32_t blocks = 9;
  std::uint32_t min_blocks =
      0;  ///< these come before the later stages' blocks beyond their own min_blocks
  bool ranked = true;
  bool floors = false;
  Measure measure = Measure::throughput;
  std::vector<CellAxes> cells;
};

struct Sweep {
  std::string name;
  double budget_seconds = 0;  ///< 0: as long as it takes
  std::uint64_t seed = 1;
  Timing timing;
  std::vector<Stage> stages;
};

/// @param source names the text in messages (a file or "profile quick"). @throws SweepError.
Sweep parse_sweep(const std::string& text, const std::string& source);
nlohmann::json to_json(const Sweep& sweep);

/// The profiles that are built in: smoke, quick, full.
std::vector<std::string> profile_names();
/// @throws SweepError for an unknown name.
Sweep load_profile(const std::string& name);
Sweep load_sweep_file(const std::string& path);

}  // namespace sharebench
