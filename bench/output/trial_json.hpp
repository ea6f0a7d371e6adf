// Trials as JSON and back: lines of the journal, which --resume reads, and what `sharebench trial`
// says and is told. Reading back gives the same values; a line that is none is a JournalError.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>

#include "bench/output/record.hpp"

namespace sharebench {

/// Says what is missing or wrong.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

nlohmann::json cell_json(const Cell& cell);
Cell read_cell(const nlohmann::json& json);

nlohmann::json result_json(const TrialResult& result);
TrialResult read_result(const nlohmann::json& json);

/// What `sharebench trial` is asked.
nlohmann::json request_json(const TrialSpec& spec);
TrialSpec read_request(const nlohmann::json& json);

/// One line of the journal each.
nlohmann::json journal_line(const TrialRecord& record);
nlohmann::json journal_line(const BlockRecord& block);
TrialRecord read_trial_line(const nlohmann::json& line);
BlockRecord read_block_line(const nlohmann::json& line);

}  // namespace sharebench
