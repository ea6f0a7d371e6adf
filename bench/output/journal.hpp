// Journal: trials.jsonl, append-only, one line a trial and one a finished block, flushed: what an
// interrupted or killed run leaves, and what --resume goes on from.
#pragma once

#include <fstream>
#include <nlohmann/json_fwd.hpp>
#include <share/core/descriptor.hpp>
#include <string>

#include "bench/output/record.hpp"

namespace sharebench {

class Journal {
 public:
  /// @throws share::SystemError.
  explicit Journal(const std::string& path);
  void append(const TrialRecord& record);
  void append(const BlockRecord& block);

 private:
  void append_line(const nlohmann::json& line);
  std::string path_;
  std::ofstream out_;
};

/// Held by who writes the journal at `path`, which need not exist yet. @throws JournalError when
/// somebody else does, share::SystemError.
share::Descriptor lock_journal(const std::string& path);

/// What a journal holds, in its order.
struct JournalContent {
  std::vector<TrialRecord> trials;
  std::vector<BlockRecord> blocks;
};

/// Reads a journal back, and cuts off a last line that was being written when the program was
/// killed. @throws JournalError, share::SystemError.
JournalContent recover_journal(const std::string& path);

}  // namespace sharebench
