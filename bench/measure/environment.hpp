// Environment: what else happened on the machine between two moments, from /proc. One reading costs
// some tens of microseconds; the ticks of /proc/stat are 10 ms long, so only stretches of a second
// or more can be judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sharebench {

/// Counters that only grow.
struct EnvironmentReading {
  double seconds = 0;           ///< CLOCK_MONOTONIC
  double busy_seconds = 0;      ///< of all CPUs: user, nice, system, interrupts
  double steal_seconds = 0;     ///< taken by the hypervisor
  double all_seconds = 0;       ///< of all CPUs, idle time included
  double own_seconds = 0;       ///< CPU time of this process and of all children it has reaped
  double pressure_seconds = 0;  ///< some task waited for a CPU (PSI); 0 where the kernel has none
};

EnvironmentReading read_environment();

/// What lies between two readings.
struct Environment {
  double seconds = 0;
  double steal_share = 0;     ///< of all CPU time
  double foreign_share = 0;   ///< CPU time of others, of all CPU time
  double pressure_share = 0;  ///< of the time
};

Environment between(const EnvironmentReading& before, const EnvironmentReading& after);

/// Why a stretch is noisy (V4, V5 of docs/method.md); nothing when it is shorter than a second.
std::vector<std::string> noise_of(const Environment& environment);

}  // namespace sharebench
