#include "bench/measure/machine.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bench/measure/clock.hpp"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace sharebench {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// "key : value" of the first matching line.
std::string field(const fs::path& file, std::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

/// "0-3,8" has 5 members.
int list_size(const std::string& list) {
  int count = 0;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    int low = 0, high = 0;
    const int got = std::sscanf(part.c_str(), "%d-%d", &low, &high);
    count += got == 2 ? high - low + 1 : got;
  }
  return std::max(count, 1);
}

std::uint64_t size_with_unit(const std::string& text) {
  std::uint64_t value = 0;
  char unit = 0;
  std::sscanf(text.c_str(), "%lu%c", &value, &unit);
  return unit == 'K' ? value << 10 : unit == 'M' ? value << 20 : unit == 'G' ? value << 30 : value;
}

/// What the C library reads from the processor itself, where the kernel shows no caches (some
/// virtual machines): sizes without who shares them.
std::vector<Cache> caches_of_the_processor() {
  static constexpr struct {
    const char* type;
    int level, name;
  } kKnown[] = {{"Data", 1, _SC_LEVEL1_DCACHE_SIZE},
                {"Instruction", 1, _SC_LEVEL1_ICACHE_SIZE},
                {"Unified", 2, _SC_LEVEL2_CACHE_SIZE},
                {"Unified", 3, _SC_LEVEL3_CACHE_SIZE},
                {"Unified", 4, _SC_LEVEL4_CACHE_SIZE}};
  std::vector<Cache> caches;
  for (const auto& known : kKnown)
    if (const long bytes = sysconf(known.name); bytes > 0)
      caches.push_back({known.type, known.level, static_cast<std::uint64_t>(bytes), 1});
  return caches;
}

std::vector<Cache> read_caches() {
  std::vector<Cache> caches;
  const fs::path folder = "/sys/devices/system/cpu/cpu0/cache";
  for (int i = 0; fs::exists(folder / fmt::format("index{}", i)); ++i) {
    const fs::path index = folder / fmt::format("index{}", i);
    Cache cache;
    cache.type = first_line(index / "type");
    cache.level = std::atoi(first_line(index / "level").c_str());
    cache.bytes = size_with_unit(first_line(index / "size"));
    cache.shared_by = list_size(first_line(index / "shared_cpu_list"));
    caches.push_back(cache);
  }
  return caches.empty() ? caches_of_the_processor() : caches;
}

std::string hypervisor() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31 & 1)) return "no";
  __cpuid(0x40000000, a, b, c, d);
  char name[13] = {};
  std::memcpy(name, &b, 4);
  std::memcpy(name + 4, &c, 4);
  std::memcpy(name + 8, &d, 4);
  static const std::pair<const char*, const char*> kNames[] = {
      {"KVMKVMKVM", "kvm"},        {"VMwareVMware", "vmware"}, {"XenVMMXenVMM", "xen"},
      {"Microsoft Hv", "hyper-v"}, {"TCGTCGTCGTCG", "qemu"},   {"bhyve bhyve ", "bhyve"}};
  for (const auto& [signature, known] : kNames)
    if (std::strcmp(name, signature) == 0) return known;
  return name[0] != '\0' ? name : "yes";
#else
  const std::string node = first_line("/proc/device-tree/hypervisor/compatible");
  return node.empty() ? "unknown" : node;
#endif
}

std::string kernel_release() {
  utsname name;
  return uname(&name) == 0 ? name.release : "";
}

/// The value in brackets: "always [madvise] never" gives "madvise".
std::string bracketed(const std::string& text) {
  const auto open = text.find('['), close = text.find(']');
  return open == std::string::npos || close == std::string::npos
             ? text
             : text.substr(open + 1, close - open - 1);
}

int count_nodes() {
  int nodes = 0;
  std::error_code none;  // a kernel without NUMA has no such folder
  for (const auto& entry : fs::directory_iterator("/sys/devices/system/node", none)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("node") && name.find_first_not_of("0123456789", 4) == std::string::npos)
      ++nodes;
  }
  return std::max(nodes, 1);
}

/// "spectre_v2: Mitigation: ...; meltdown: ..." of all that are mitigated.
std::string mitigations() {
  std::string text;
  std::error_code none;  // a kernel without the folder tells nothing
  for (const auto& entry : fs::directory_iterator("/sys/devices/system/cpu/vulnerabilities", none))
    if (const std::string line = first_line(entry.path()); line.starts_with("Mitigation: "))
      text +=
          (text.empty() ? "" : "; ") + entry.path().filename().string() + ": " + line.substr(12);
  return text;
}

std::string either(const fs::path& first, const fs::path& second) {
  const std::string line = first_line(first);
  return line.empty() ? first_line(second) : line;
}

std::vector<std::pair<std::string, std::string>> read_settings() {
  struct statvfs shm;
  const bool has_shm = statvfs("/dev/shm", &shm) == 0;
  const std::string no_turbo = first_line("/sys/devices/system/cpu/intel_pstate/no_turbo"),
                    boost = first_line("/sys/devices/system/cpu/cpufreq/boost");
  return {{"turbo", no_turbo == "0" || boost == "1"     ? "on"
                    : no_turbo.empty() && boost.empty() ? ""
                                                        : "off"},
          {"mitigations", mitigations()},
          {"aslr", first_line("/proc/sys/kernel/randomize_va_space")},
          {"cgroup_cpu", either("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us")},
          {"cgroup_memory",
           either("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")},
          {"thp_shmem", bracketed(first_line("/sys/kernel/mm/transparent_hugepage/shmem_enabled"))},
          {"dev_shm_bytes", has_shm ? std::to_string(shm.f_blocks * shm.f_frsize) : ""},
          {"cpus_allowed", field("/proc/self/status", "Cpus_allowed_list")}};
}

}  // namespace

std::uint64_t Machine::cache_bytes(int level) const {
  for (const Cache& cache : caches)
    if (cache.level == level && cache.type != "Instruction") return cache.bytes;
  return 0;
}

std::uint64_t Machine::last_level_bytes() const {
  int level = 0;
  for (const Cache& cache : caches) level = std::max(level, cache.level);
  return cache_bytes(level);
}

std::string Machine::fingerprint() const {
  std::string text = fmt::format("{}|{}|{}|{}|{}|{}|{}", cpu, cores, smt, numa, virtualised,
                                 kernel.substr(0, kernel.find('.')), governor);
  for (const Cache& cache : caches)
    text += fmt::format("|{} {} {} {}", cache.type, cache.level, cache.bytes, cache.shared_by);
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

Machine read_machine() {
  Machine m;
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) == 0) m.host = host;
  m.cpu = field("/proc/cpuinfo", "model name");
  m.mhz = std::atof(field("/proc/cpuinfo", "cpu MHz").c_str());
  m.kernel = kernel_release();
  m.virtualised = hypervisor();
  m.clock_source = clock_source();
  m.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (m.governor.empty()) m.governor = "none";
  m.thp = bracketed(first_line("/sys/kernel/mm/transparent_hugepage/enabled"));
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) m.cores = CPU_COUNT(&allowed);
  m.online = list_size(first_line("/sys/devices/system/cpu/online"));
  m.smt = list_size(first_line("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list"));
  m.numa = count_nodes();
  m.memory_bytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                   static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  m.caches = read_caches();
  m.settings = read_settings();
  double load[3];
  const int loads = getloadavg(load, 3);
  m.load_average.assign(load, load + std::max(loads, 0));
  return m;
}

}  // namespace sharebench
