// ProcessCpu: the CPU time of another process, exact to the nanosecond (clock_getcpuclockid(3)),
// and a pidfd to see it end. Does not own the process.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <share/core/process_watch.hpp>

namespace sharebench {

class ProcessCpu {
 public:
  /// @throws share::SystemError when there is no such process.
  explicit ProcessCpu(pid_t pid);
  /// User and system time of all its threads so far; 0 once it is gone.
  double seconds() const noexcept;
  int pidfd() const noexcept { return process_.descriptor(); }

 private:
  share::ProcessWatch process_;
  clockid_t clock_;
};

/// How many descriptors this process has open.
int open_descriptors();

}  // namespace sharebench
