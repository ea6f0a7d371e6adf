// Journal: trials.jsonl, append-only, one line a trial, flushed: what an interrupted or killed run
// leaves.
#pragma once

#include <fstream>
#include <string>

#include "bench/output/record.hpp"

namespace sharebench {

class Journal {
 public:
  /// @throws share::SystemError.
  explicit Journal(const std::string& path);
  void append(const TrialRecord& record);

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace sharebench
