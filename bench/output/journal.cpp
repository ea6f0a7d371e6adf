#include "bench/output/journal.hpp"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <share/core/error.hpp>

#include "bench/output/results.hpp"

namespace sharebench {

Journal::Journal(const std::string& path) : path_(path), out_(path, std::ios::app) {
  if (!out_) throw share::SystemError("open", path, errno);
}

void Journal::append(const TrialRecord& record) {
  out_ << journal_json(record).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
       << '\n'
       << std::flush;
  if (!out_) throw share::SystemError("write", path_, errno);
}

}  // namespace sharebench
