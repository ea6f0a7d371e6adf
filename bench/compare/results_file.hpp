// ResultsFile: what compare needs of a results.json, read back and checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sharebench {

/// Names the file, the key and what is allowed. Exit code 2.
class ResultsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct MeasuredCell {
  std::string name;
  bool promise_kept = true;
  double median_ns = 0;                      ///< 0: no valid trial
  std::map<std::uint32_t, double> ns;        ///< by block, valid trials
  std::map<std::uint32_t, double> of_floor;  ///< by block, where a floor was measured
};

struct ResultsFile {
  std::string path, fingerprint, machine, git_sha, started, trust;
  bool partial = false;
  std::vector<MeasuredCell> cells;

  const MeasuredCell* find(const std::string& name) const;
};

/// @param what a results.json, a run folder, or the name of a baseline in `store`.
ResultsFile load_results(const std::string& what, const std::filesystem::path& store);

}  // namespace sharebench
