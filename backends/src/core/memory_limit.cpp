#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <share/core/error.hpp>
#include <share/core/memory_limit.hpp>
#include <sstream>

namespace share {
namespace {

namespace fs = std::filesystem;

std::optional<std::size_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  std::size_t value;
  if (in >> value) return value;
  return std::nullopt;  // no such file, or "max"
}

std::optional<std::size_t> mem_available(const std::string& root) {
  std::ifstream in(root + "/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    std::size_t kib;
    if (words >> key >> kib && key == "MemAvailable:") return kib * 1024;
  }
  return std::nullopt;
}

/// Bytes of reclaimable file pages of a group: "total_inactive_file" (v1), "inactive_file" (v2).
std::size_t inactive_file(const fs::path& folder) {
  std::ifstream in(folder / "memory.stat");
  std::size_t plain = 0, total = 0;
  std::string key;
  for (std::size_t value; in >> key >> value;) {
    if (key == "inactive_file") plain = value;
    if (key == "total_inactive_file") total = value;
  }
  return std::max(plain, total);
}

void tighten(MemoryLimit& limit, std::optional<std::size_t> bytes, const std::string& by) {
  if (bytes && *bytes < limit.bytes) limit = {*bytes, by};
}

/// Walks from the process's group up to the root of the hierarchy: any ancestor may limit.
void tighten_by_cgroup(MemoryLimit& limit, const fs::path& mount, std::string group,
                       const std::string& max_file, const std::string& usage_file,
                       const std::string& by) {
  while (true) {
    const fs::path folder = mount / fs::path(group).relative_path();
    const auto max = number_in(folder / max_file);
    const auto used = number_in(folder / usage_file);
    if (max && used) {
      // The kernel gives the page cache of files back before it refuses memory.
      const std::size_t cache = std::min(*used, inactive_file(folder));
      tighten(limit, *max > *used - cache ? *max - (*used - cache) : 0, by);
    }
    if (group.empty() || group == "/") return;
    group = fs::path(group).parent_path().string();
  }
}

}  // namespace

MemoryLimit free_memory(const std::string& root) {
  MemoryLimit limit{mem_available(root).value_or(SIZE_MAX), "MemAvailable"};

  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "5:memory:/a/b" (v1) or "0::/a/b" (v2)
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
        tighten_by_cgroup(limit, root + mount, group, "memory.max", "memory.current",
                          "cgroup v2 memory.max");
    } else if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      tighten_by_cgroup(limit, root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                        "memory.usage_in_bytes", "cgroup v1 memory.limit_in_bytes");
    }
  }

  // RLIMIT_FSIZE applies to memfds too, and exceeding it raises SIGXFSZ.
  rlimit file_size;
  if (getrlimit(RLIMIT_FSIZE, &file_size) == 0 && file_size.rlim_cur != RLIM_INFINITY)
    tighten(limit, file_size.rlim_cur, "RLIMIT_FSIZE (ulimit -f)");
  return limit;
}

void require_memory(const std::string& object, std::size_t bytes) {
  const MemoryLimit limit = free_memory();
  if (bytes > limit.bytes) throw NotEnoughMemory(object, bytes, limit.bytes, limit.by);
}

}  // namespace share
