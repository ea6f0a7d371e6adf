#include "bench/measure/environment.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "bench/measure/clock.hpp"

namespace sharebench {
namespace {

constexpr double kMaxSteal = 0.02, kMaxForeign = 0.05, kShortest = 1;

double seconds_of(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

double cpu_seconds(int who) {
  rusage usage;
  if (getrusage(who, &usage) != 0) return 0;
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void read_ticks(EnvironmentReading& reading) {
  std::ifstream in("/proc/stat");
  std::string cpu;
  in >> cpu;
  const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  double value;
  // user nice system idle iowait irq softirq steal; guest times are in user and nice already
  for (int column = 0; column < 8 && in >> value; ++column) {
    reading.all_seconds += value * tick;
    if (column == 7)
      reading.steal_seconds = value * tick;
    else if (column != 3 && column != 4)
      reading.busy_seconds += value * tick;
  }
}

/// "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234", in microseconds.
double read_pressure() {
  std::ifstream in("/proc/pressure/cpu");
  std::string line;
  std::getline(in, line);
  const auto total = line.find("total=");
  return total == std::string::npos ? 0 : std::strtod(line.c_str() + total + 6, nullptr) * 1e-6;
}

}  // namespace

EnvironmentReading read_environment() {
  EnvironmentReading reading;
  reading.seconds = static_cast<double>(monotonic_ns()) * 1e-9;
  reading.own_seconds = cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
  reading.pressure_seconds = read_pressure();
  read_ticks(reading);
  return reading;
}

Environment between(const EnvironmentReading& before, const EnvironmentReading& after) {
  Environment e;
  e.seconds = after.seconds - before.seconds;
  const double all = after.all_seconds - before.all_seconds;
  if (all <= 0 || e.seconds <= 0) return e;
  const double busy = after.busy_seconds - before.busy_seconds;
  const double own = after.own_seconds - before.own_seconds;
  e.steal_share = (after.steal_seconds - before.steal_seconds) / all;
  // Steal may be booked as a process's own time, so the rest can come out slightly below zero.
  e.foreign_share = std::max(0.0, (busy - own) / all);
  e.pressure_share = (after.pressure_seconds - before.pressure_seconds) / e.seconds;
  return e;
}

std::vector<std::string> noise_of(const Environment& e) {
  std::vector<std::string> reasons;
  if (e.seconds < kShortest) return reasons;
  if (e.steal_share > kMaxSteal)
    reasons.push_back(
        fmt::format("V4 steal: the hypervisor took {:.1f} % of the CPU time, at most "
                    "{:.0f} % is quiet",
                    100 * e.steal_share, 100 * kMaxSteal));
  if (e.foreign_share > kMaxForeign)
    reasons.push_back(
        fmt::format("V5 foreign CPU: other programs took {:.1f} % of the CPU time, at "
                    "most {:.0f} % is quiet",
                    100 * e.foreign_share, 100 * kMaxForeign));
  return reasons;
}

}  // namespace sharebench
