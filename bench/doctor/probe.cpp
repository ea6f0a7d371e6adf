// What only the running system can answer.
#include <linux/perf_event.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <share/core/descriptor.hpp>
#include <thread>

#include "bench/doctor/doctor.hpp"
#include "bench/measure/clock.hpp"
#include "bench/measure/environment.hpp"
#include "bench/measure/machine.hpp"

namespace sharebench {
namespace {

std::string why_no_counters() {
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.exclude_kernel = 1;
  const share::Descriptor counter(
      static_cast<int>(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0)));
  return counter ? "" : std::strerror(errno);
}

std::uint64_t limit_of(int resource) {
  rlimit limit;
  return getrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0 ? limit.rlim_cur
                                                                          : RLIM_INFINITY;
}

}  // namespace

SystemProbe probe_system() {
  const Machine machine = read_machine();
  SystemProbe probe;
  const EnvironmentReading before = read_environment();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const Environment e = between(before, read_environment());
  probe.steal_share = e.steal_share;
  probe.foreign_share = e.foreign_share;
  probe.counters = why_no_counters();
  probe.clock_source = clock_source();
  probe.file_size_limit = limit_of(RLIMIT_FSIZE);
  probe.open_files_limit = limit_of(RLIMIT_NOFILE);
  probe.allowed_cpus = machine.cores;
  probe.online_cpus = machine.online;
  probe.virtualised = machine.virtualised != "no";
  return probe;
}

}  // namespace sharebench
