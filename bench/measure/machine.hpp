// Machine: what this machine is, as far as it matters for comparing measurements. Read from /proc
// and /sys; what cannot be read is left empty or 0.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sharebench {

struct Cache {
  std::string type;  ///< "Data", "Instruction", "Unified"
  int level = 0;
  std::uint64_t bytes = 0;
  int shared_by = 1;  ///< CPUs
};

struct Machine {
  std::string host, cpu, kernel, virtualised, clock_source, governor, thp;
  int cores = 1;   ///< CPUs this process may use
  int online = 1;  ///< CPUs the system has
  int smt = 1;     ///< hardware threads a core
  int numa = 1;    ///< nodes
  std::uint64_t memory_bytes = 0;
  double mhz = 0;
  std::vector<Cache> caches;
  std::vector<double> load_average;
  /// What also changes figures: turbo, mitigations, address layout, limits of the control group,
  /// huge pages of shared memory, size of /dev/shm, the CPUs allowed. Empty where the kernel does
  /// not tell.
  std::vector<std::pair<std::string, std::string>> settings;

  /// Data or unified cache of a level; 0 if unknown.
  std::uint64_t cache_bytes(int level) const;
  /// The largest cache of the highest level.
  std::uint64_t last_level_bytes() const;
  /// 16 hex digits over what must be equal before two runs may be compared: model, cores, SMT,
  /// NUMA, caches, virtualisation, kernel's major version, governor.
  std::string fingerprint() const;
};

Machine read_machine();

}  // namespace sharebench
