#include "bench/trial/placement.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <share/core/error.hpp>
#include <sstream>
#include <string>

namespace sharebench {
namespace {

/// The lowest CPU on the same core.
int first_sibling(int cpu) {
  std::ifstream in("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                   "/topology/thread_siblings_list");
  int first = cpu;
  in >> first;
  return first;
}

/// 0 for the first thread of its core, 1 for the second, ...
int sibling_rank(int cpu) {
  std::ifstream in("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                   "/topology/thread_siblings_list");
  int rank = 0;
  for (std::string part; std::getline(in, part, ',');) {  // "0,64" or "0-1"
    int low = 0, high = 0;
    const int got = std::sscanf(part.c_str(), "%d-%d", &low, &high);
    if (got == 1) high = low;
    if (got < 1 || cpu <= low) break;
    rank += std::min(cpu, high + 1) - low;
  }
  return rank;
}

}  // namespace

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    throw share::SystemError("sched_getaffinity", "self", errno);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  // One thread of each core first: two workers on one core would measure the core.
  std::stable_sort(cpus.begin(), cpus.end(),
                   [](int a, int b) { return sibling_rank(a) < sibling_rank(b); });
  return cpus;
}

bool is_placement(const std::string& pin) {
  if (pin == "none" || pin == "compact" || pin == "scatter") return true;
  bool digit_before = false;
  for (const char c : pin) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c == '+' && digit_before)) return false;
    digit_before = digit;
  }
  return digit_before && pin.size() <= 64;
}

std::vector<std::optional<int>> worker_cpus(const std::string& pin, std::uint32_t workers) {
  std::vector<int> cpus = allowed_cpus();
  if (pin == "compact") {
    std::stable_sort(cpus.begin(), cpus.end(),
                     [](int a, int b) { return first_sibling(a) < first_sibling(b); });
  } else if (pin.find_first_of("0123456789") == 0) {
    std::vector<int> wanted;
    std::istringstream parts(pin);
    for (std::string part; std::getline(parts, part, '+');) {
      wanted.push_back(std::atoi(part.c_str()));
      if (std::find(cpus.begin(), cpus.end(), wanted.back()) == cpus.end())
        throw share::Error(fmt::format("pin {}: this process may not use CPU {}", pin, part));
    }
    cpus = wanted;
  }
  std::vector<std::optional<int>> placed(workers);
  for (std::uint32_t w = 0; pin != "none" && w < workers; ++w) placed[w] = cpus[w % cpus.size()];
  return placed;
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
