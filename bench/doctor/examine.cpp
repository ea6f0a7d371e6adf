#include <fmt/format.h>
#include <sys/statvfs.h>

#include <fstream>
#include <limits>
#include <sstream>

#include "bench/doctor/doctor.hpp"

namespace sharebench {
namespace {

namespace fs = std::filesystem;

constexpr double kBusyLoad = 0.5, kMaxSteal = 0.02, kMaxForeign = 0.05;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

class Examiner {
 public:
  Examiner(const fs::path& root, const SystemProbe& probe) : root_(root), probe_(probe) {}

  std::vector<Finding> run() {
    governor();
    turbo();
    smt();
    clock();
    steal();
    load();
    affinity();
    cpu_quota();
    memory_limit();
    shared_memory();
    limits();
    huge_pages();
    address_layout();
    swap();
    mitigations();
    counters();
    return std::move(findings_);
  }

 private:
  std::string line(const char* file) const {
    std::ifstream in(root_ / file);
    std::string text;
    std::getline(in, text);
    return text;
  }
  void add(const char* name, Health health, std::string value, const char* meaning,
           std::string remedy = "") {
    findings_.push_back({name, health, std::move(value), meaning, std::move(remedy)});
  }

  void governor() {
    const std::string value = line("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    if (value.empty())
      add("governor", probe_.virtualised ? Health::note : Health::unknown, "not told",
          "the clock is in the hands of the host; it may change during a run");
    else if (value == "performance")
      add("governor", Health::good, value, "the clock does not follow the load");
    else
      add("governor", Health::bad, value,
          "the clock follows the load, so short trials run at another speed than long ones",
          "cpupower frequency-set --governor performance");
  }

  void turbo() {
    const std::string intel = line("sys/devices/system/cpu/intel_pstate/no_turbo"),
                      boost = line("sys/devices/system/cpu/cpufreq/boost");
    if (intel.empty() && boost.empty())
      return add("turbo", Health::unknown, "not told",
                 "whether the clock rises when few cores work cannot be seen here");
    const bool on = intel == "0" || boost == "1";
    add("turbo", on ? Health::note : Health::good, on ? "on" : "off",
        on ? "one process runs at a higher clock than two: scaling looks worse than it is"
           : "the clock does not depend on how many cores work",
        !on             ? ""
        : intel.empty() ? "echo 0 > /sys/devices/system/cpu/cpufreq/boost"
                        : "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo");
  }

  void smt() {
    const std::string value = line("sys/devices/system/cpu/smt/active");
    if (value.empty())
      add("SMT", Health::unknown, "not told", "whether CPUs share a core cannot be seen here");
    else if (value == "1")
      add("SMT", Health::note, "on",
          "two CPUs share a core; workers are placed on cores first, but other programs are not",
          "echo off > /sys/devices/system/cpu/smt/control");
    else
      add("SMT", Health::good, "off", "every CPU is a core of its own");
  }

  void clock() {
    const std::string& value = probe_.clock_source;
    const bool good = value == "tsc" || value == "kvm-clock" || value == "arch_sys_counter";
    add("clock source",
        value.empty() ? Health::unknown
        : good        ? Health::good
                      : Health::bad,
        value.empty() ? "not told" : value,
        good ? "read without a system call, about 25 ns"
             : "reading the clock is slow or coarse; trials are invalid with it",
        good || value.empty()
            ? ""
            : "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource");
  }

  void steal() {
    if (probe_.steal_share < 0)
      return add("steal", Health::unknown, "not told", "time taken by the hypervisor");
    add("steal", probe_.steal_share > kMaxSteal ? Health::bad : Health::good,
        fmt::format("{:.1f} %", 100 * probe_.steal_share),
        "time that the hypervisor gives to other guests is missing in every figure");
  }

  void load() {
    const double average = std::strtod(line("proc/loadavg").c_str(), nullptr);
    const bool busy =
        average > kBusyLoad * probe_.online_cpus || probe_.foreign_share > kMaxForeign;
    std::string value = fmt::format("{:.2f} in the last minute", average);
    if (probe_.foreign_share >= 0)
      value += fmt::format(", other programs take {:.1f} % now", 100 * probe_.foreign_share);
    add("load", busy ? Health::bad : Health::good, value,
        busy ? "other programs run beside the workers; noisy blocks are repeated, then told"
             : "hardly anything runs beside the workers",
        busy ? "end what is not needed: ps -eo pcpu,pid,args --sort=-pcpu | head" : "");
  }

  void affinity() {
    const bool all = probe_.allowed_cpus == probe_.online_cpus;
    add("CPUs", all ? Health::good : Health::note,
        fmt::format("{} of {}", probe_.allowed_cpus, probe_.online_cpus),
        all ? "all CPUs may be used" : "only some CPUs may be used; placement is within these");
  }

  /// The limits of the own control group (version 2) and of all above it.
  std::string group_limit(const char* file) const {
    std::string path = line("proc/self/cgroup");  // "0::/a/b"
    path = path.starts_with("0::/") ? path.substr(4) : "";
    for (;; path = path.find('/') == std::string::npos ? "" : path.substr(0, path.rfind('/'))) {
      std::string value =
          line(("sys/fs/cgroup/" + (path.empty() ? "" : path + "/") + file).c_str());
      if (!value.empty() && !value.starts_with("max")) return value;
      if (path.empty()) return "";
    }
  }

  void cpu_quota() {
    const std::string v2 = group_limit("cpu.max"), v1 = line("sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    const bool limited = !v2.empty() || (!v1.empty() && v1 != "-1");
    add("CPU quota", limited ? Health::bad : Health::good,
        limited ? (v2.empty() ? v1 + " us a period" : v2) : "none",
        limited ? "the kernel stops the workers when the quota of a period is used up"
                : "the control group does not stop workers",
        limited ? "run outside this control group, or raise its cpu.max" : "");
  }

  void memory_limit() {
    const std::string v2 = group_limit("memory.max"),
                      v1 = line("sys/fs/cgroup/memory/memory.limit_in_bytes");
    const bool limited =
        !v2.empty() || (!v1.empty() && std::strtoull(v1.c_str(), nullptr, 10) < (1ull << 60));
    add("memory limit", limited ? Health::note : Health::good,
        limited ? (v2.empty() ? v1 : v2) + " bytes" : "none",
        "a sweep that does not fit is refused before it starts");
  }

  void shared_memory() {
    struct statvfs fs;
    if (statvfs((root_ / "dev/shm").c_str(), &fs) != 0)
      return add("/dev/shm", Health::note, "missing",
                 "named segments cannot be made; anonymous ones (all backends here) can");
    const double free = static_cast<double>(fs.f_bavail) * static_cast<double>(fs.f_frsize);
    add("/dev/shm", free < 64e6 ? Health::note : Health::good,
        fmt::format("{:.0f} MB free", free / 1e6),
        "limits named segments only; anonymous ones are limited by memory",
        free < 64e6 ? "mount -o remount,size=1G /dev/shm" : "");
  }

  void limits() {
    const bool files = probe_.file_size_limit != kNoLimit;
    add("file size limit", files ? Health::note : Health::good,
        files ? fmt::format("{} bytes", probe_.file_size_limit) : "none",
        "limits the size of a segment", files ? "ulimit -f unlimited" : "");
    const bool few = probe_.open_files_limit < 1024;
    add("open files", few ? Health::note : Health::good, fmt::format("{}", probe_.open_files_limit),
        "limits how many workers a server can serve", few ? "ulimit -n 4096" : "");
  }

  void huge_pages() {
    const std::string value = line("sys/kernel/mm/transparent_hugepage/shmem_enabled");
    const auto open = value.find('['), close = value.find(']');
    const std::string chosen =
        open == std::string::npos ? value : value.substr(open + 1, close - open - 1);
    add("huge pages", value.empty() ? Health::unknown : Health::note,
        value.empty() ? "not told" : chosen,
        "of shared memory: with 'always' large arrays need fewer address translations; compare "
        "runs "
        "with the same setting only");
  }

  void address_layout() {
    const std::string value = line("proc/sys/kernel/randomize_va_space");
    add("address layout", value.empty() ? Health::unknown : Health::good,
        value == "0" ? "fixed" : "random",
        value == "0" ? "every launch has the same layout: its effect is in all figures alike"
                     : "drawn anew for each trial, so that its effect averages out");
  }

  void swap() {
    std::ifstream in(root_ / "proc/swaps");
    std::string text;
    int lines = 0;
    while (std::getline(in, text)) ++lines;
    add("swap", lines > 1 ? Health::note : Health::good, lines > 1 ? "on" : "off",
        lines > 1 ? "pages of a segment can be swapped out; a major fault makes a trial invalid"
                  : "segments stay in memory",
        lines > 1 ? "swapoff -a" : "");
  }

  void mitigations() {
    std::string value;
    std::error_code none;  // a kernel without the folder tells nothing
    for (const auto& entry :
         fs::directory_iterator(root_ / "sys/devices/system/cpu/vulnerabilities", none)) {
      std::ifstream in(entry.path());
      std::string text;
      std::getline(in, text);
      if (text.starts_with("Mitigation"))
        value += (value.empty() ? "" : ", ") + entry.path().filename().string();
    }
    add("mitigations", Health::note, value.empty() ? "none" : value,
        "system calls and context switches cost more with them; compare runs with the same set "
        "only");
  }

  void counters() {
    add("hardware counters", probe_.counters.empty() ? Health::good : Health::note,
        probe_.counters.empty() ? "usable" : probe_.counters,
        "not needed by sharebench; perf and the like cannot explain a result without them",
        probe_.counters.empty() || probe_.virtualised ? "" : "sysctl kernel.perf_event_paranoid=1");
  }

  const fs::path& root_;
  const SystemProbe& probe_;
  std::vector<Finding> findings_;
};

const char* word(Health health) {
  switch (health) {
    case Health::good:
      return "good";
    case Health::note:
      return "note";
    case Health::bad:
      return "BAD";
    case Health::unknown:
      return "?";
  }
  return "?";
}

}  // namespace

std::vector<Finding> examine(const fs::path& root, const SystemProbe& probe) {
  return Examiner(root, probe).run();
}

std::string doctor_text(const std::vector<Finding>& findings) {
  std::string text;
  int bad = 0;
  for (const Finding& f : findings) {
    bad += f.health == Health::bad;
    text += fmt::format("{:<5} {:<18} {}\n      {}\n", word(f.health), f.name, f.value, f.meaning);
    if (!f.remedy.empty()) text += fmt::format("      to change it: {}\n", f.remedy);
  }
  return text + (bad == 0
                     ? "\nNothing here makes figures unreliable.\n"
                     : fmt::format("\n{} of {} make figures unreliable.\n", bad, findings.size()));
}

}  // namespace sharebench
