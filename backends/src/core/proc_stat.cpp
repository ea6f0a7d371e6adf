#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <share/core/descriptor.hpp>
#include <share/core/proc_stat.hpp>
#include <string_view>

namespace share {

std::optional<ProcStat> proc_stat(pid_t id) noexcept {
  std::array<char, 32> path;
  *fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/stat", id).out = '\0';
  const Descriptor file(::open(path.data(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> bytes;  // a line has some 350
  const ssize_t got = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  if (got <= 0) return std::nullopt;
  std::string_view line(bytes.data(), static_cast<std::size_t>(got));
  // The second field is the command in parentheses and may contain anything, parentheses too.
  const std::size_t begin = line.find('('), end = line.rfind(')');
  if (begin == line.npos || end == line.npos || end + 2 >= line.size()) return std::nullopt;
  ProcStat found{std::string(line.substr(begin + 1, end - begin - 1)), line[end + 2], 0};
  line.remove_prefix(end + 2);
  for (int field = 3; field < 22; ++field)
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), found.start_time);
  if (parsed.ec != std::errc()) return std::nullopt;
  return found;
}

}  // namespace share
