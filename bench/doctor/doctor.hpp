// Doctor: what of this machine makes measurements worse, what each thing means and the command that
// would change it. Reads only; changes nothing.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sharebench {

enum class Health {
  good,
  note,     ///< worth knowing
  bad,      ///< makes figures unreliable
  unknown,  ///< the kernel does not tell
};

struct Finding {
  std::string name;  ///< "governor"
  Health health = Health::unknown;
  std::string value;    ///< as read
  std::string meaning;  ///< for a measurement
  std::string remedy;   ///< a command; empty where nothing need or can be done
};

/// What is asked of the running kernel rather than read from files; a test gives its own.
struct SystemProbe {
  double steal_share = -1;    ///< during a short wait; below 0: unknown
  double foreign_share = -1;  ///< CPU time of others in the same wait
  std::string counters;       ///< why hardware counters cannot be used; empty: they can
  std::string clock_source;
  std::uint64_t file_size_limit = 0,
                open_files_limit = 0;  ///< RLIMIT_FSIZE, RLIMIT_NOFILE; max: none
  int allowed_cpus = 1, online_cpus = 1;
  bool virtualised = false;
};

/// Takes about half a second.
SystemProbe probe_system();

/// @param root "/" or a folder that holds proc and sys.
std::vector<Finding> examine(const std::filesystem::path& root, const SystemProbe& probe);

std::string doctor_text(const std::vector<Finding>& findings);
nlohmann::json doctor_json(const std::vector<Finding>& findings);

}  // namespace sharebench
