// The clocks of a measurement, each read in one place. All values are nanoseconds.
#pragma once

#include <time.h>

#include <cstdint>
#include <string>

namespace sharebench {

inline std::uint64_t read_clock(clockid_t clock) noexcept {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(t.tv_nsec);
}

/// For durations: not slewed by NTP.
inline std::uint64_t raw_ns() noexcept { return read_clock(CLOCK_MONOTONIC_RAW); }
/// For points in time that processes agree on and sleep until.
inline std::uint64_t monotonic_ns() noexcept { return read_clock(CLOCK_MONOTONIC); }
/// CPU time of this process, all threads. A system call (0.6 us): window edges only.
inline std::uint64_t process_cpu_ns() noexcept { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

/// Length of a cycle as this processor runs now: the best of short runs of a chain of dependent
/// exclusive-ors, of which a core does one in a cycle. Measured once a process.
double cycle_ns();

/// The kernel's clock source, "tsc" for one; empty where it does not tell.
const std::string& clock_source();

/// Cost of one raw_ns() as the median of short runs of reads.
std::uint64_t clock_read_cost_ns();

}  // namespace sharebench
