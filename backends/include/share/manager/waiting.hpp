// How client and server of a manager over shared memory wait for each other. A plain value.
#pragma once

#include <cstdint>
#include <string_view>

namespace share::manager {

enum class Waiting : std::uint32_t {
  /// Looks again and again, with a sched_yield(2) now and then, and never sleeps: the least latency
  /// while there is a core for each, at the price of these cores. The server keeps one busy also
  /// when nobody calls.
  spin,
  /// Looks for as long as a wake-up would take, then sleeps.
  spin_then_block,
  /// Sleeps at once: no time of a core is lost, each call costs two wake-ups.
  block,
};

/// "spin", "spin-then-block", "block".
std::string_view name_of(Waiting waiting) noexcept;
/// Throws BadAddress for another text.
Waiting parse_waiting(std::string_view text);

}  // namespace share::manager
