#include "bench/output/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <share/core/error.hpp>
#include <sstream>

#include "bench/output/trial_json.hpp"

namespace sharebench {

using nlohmann::json;

Journal::Journal(const std::string& path) : path_(path), out_(path, std::ios::app) {
  if (!out_) throw share::SystemError("open", path, errno);
}

void Journal::append(const TrialRecord& record) { append_line(journal_line(record)); }

void Journal::append(const BlockRecord& block) { append_line(journal_line(block)); }

void Journal::append_line(const json& line) {
  out_ << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
  if (!out_) throw share::SystemError("write", path_, errno);
}

share::Descriptor lock_journal(const std::string& path) {
  share::Descriptor lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock) throw share::SystemError("open", path, errno);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) throw share::SystemError("flock", path, errno);
  throw JournalError(fmt::format("{}: another sharebench is measuring this run", path));
}

JournalContent recover_journal(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw share::SystemError("open", path, errno);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0: there is no whole line
  if (whole != text.size()) {
    std::error_code error;
    std::filesystem::resize_file(path, whole, error);
    if (error) throw share::SystemError("resize_file", path, error.value());
  }
  JournalContent content;
  std::istringstream lines(text.substr(0, whole));
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      const json parsed = json::parse(line);
      if (parsed.at("kind") == "block")
        content.blocks.push_back(read_block_line(parsed));
      else
        content.trials.push_back(read_trial_line(parsed));
    } catch (const json::exception& error) {
      throw JournalError(fmt::format("{}, line {}: {}", path, number, error.what()));
    } catch (const JournalError& error) {
      throw JournalError(fmt::format("{}, line {}: {}", path, number, error.what()));
    }
  }
  return content;
}

}  // namespace sharebench
