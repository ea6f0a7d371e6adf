// OwnUsage: what the kernel counts for this process, read at the edges of a window (about 3 us a
// read).
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

#include <cstdlib>
#include <share/core/descriptor.hpp>

#include "bench/measure/clock.hpp"
#include "bench/trial/control_area.hpp"

namespace sharebench {

class OwnUsage {
 public:
  OwnUsage() : schedstat_(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

  /// Fills all of `sample` but operations, raw_ns and what is known of the last call.
  void read(Sample& sample) const {
    sample.cpu_ns = process_cpu_ns();
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    sample.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
    sample.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
    sample.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
    sample.major_faults = static_cast<std::uint64_t>(usage.ru_majflt);
    sample.run_delay_ns = run_delay_ns();
  }

 private:
  /// Time this thread was runnable and had no CPU; 0 where the kernel does not tell
  /// (CONFIG_SCHEDSTATS).
  std::uint64_t run_delay_ns() const {
    char text[96] = {};
    if (!schedstat_ || pread(schedstat_.get(), text, sizeof text - 1, 0) <= 0) return 0;
    char* second = nullptr;
    std::strtoull(text, &second, 10);
    return std::strtoull(second, nullptr, 10);
  }
  share::Descriptor schedstat_;
};

}  // namespace sharebench
