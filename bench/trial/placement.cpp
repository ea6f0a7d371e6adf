#include "bench/trial/placement.hpp"

#include <sched.h>
#include <share/core/error.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace sharebench {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    throw share::SystemError("sched_getaffinity", "self", errno);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  return cpus;
}

void pin_process(pid_t pid, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  std::error_code gone;  // a process that has ended is found out by the watch on it
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    const std::string thread = task.path().filename();
    if (sched_setaffinity(std::atoi(thread.c_str()), sizeof set, &set) != 0 && errno != ESRCH)
      throw share::SystemError("sched_setaffinity", "thread " + thread, errno);
  }
}

}  // namespace sharebench
