#include "bench/trial/process_cpu.hpp"

#include <filesystem>
#include <iterator>
#include <share/core/error.hpp>

namespace sharebench {

ProcessCpu::ProcessCpu(pid_t pid) : process_(share::ProcessWatch::of(pid)) {
  if (const int error = clock_getcpuclockid(pid, &clock_); error != 0)
    throw share::SystemError("clock_getcpuclockid", "server " + std::to_string(pid), error);
}

double ProcessCpu::seconds() const noexcept {
  timespec t;
  if (clock_gettime(clock_, &t) != 0) return 0;
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

int open_descriptors() {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

}  // namespace sharebench
