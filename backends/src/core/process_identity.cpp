#include <share/core/process_identity.hpp>

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace share {

std::optional<ProcessIdentity> ProcessIdentity::of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text)) return std::nullopt;
  // The name (field 2) may contain spaces and parentheses: fields count from the last ')'.
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(after_name + 1));
  std::string state, skipped;
  if (!(fields >> state) || state == "Z" || state == "X") return std::nullopt;
  for (int field = 4; field <= 21; ++field) fields >> skipped;
  unsigned long long start;
  if (!(fields >> start)) return std::nullopt;
  return ProcessIdentity{pid, start};
}

ProcessIdentity ProcessIdentity::of_self() {
  return of(getpid()).value_or(ProcessIdentity{getpid(), 0});
}

bool ProcessIdentity::alive() const {
  const auto now = of(pid);
  return now && now->start_ticks == start_ticks;
}

}  // namespace share
