// RunIdentity: which program on which machine began a run; kept as run.json in its folder, so that
// --resume goes on only with the same.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/output/run_folder.hpp"

namespace sharebench {

struct RunIdentity {
  std::string started;      ///< ISO 8601, UTC
  std::string binary;       ///< digest of the executable, 16 hex digits
  std::string git_sha;      ///< of its sources
  std::string fingerprint;  ///< of the machine
  std::vector<std::pair<std::string, std::string>> context;  ///< --benchmark_context
};

/// @throws share::SystemError when the executable cannot be read.
RunIdentity identify_this(const std::string& started, const std::string& fingerprint);

void save(const RunIdentity& identity, const RunFolder& folder);
/// @throws JournalError when it is missing or no such file.
RunIdentity load_identity(const std::filesystem::path& folder);

/// What differs, in words; empty when nothing does.
std::string difference(const RunIdentity& begun, const RunIdentity& now);

/// The newest run in `results` that was not finished. @throws JournalError when there is none.
std::filesystem::path unfinished_run(const std::filesystem::path& results);

}  // namespace sharebench
