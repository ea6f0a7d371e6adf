// Who a thread is, in one word that can stand in shared memory: its id and when it started. Ids
// come again, both together do not: a second thread of that id would have to start within the same
// clock tick (10 ms), or 497 days later. Any process of the same PID and time namespace can ask
// whether that thread still lives; one that does not see it in /proc takes it for alive while its
// id is in use. A thread that fork(2) has copied is another one, if the fork was glibc's fork().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace share {

/// Low 32 bits: the thread id, as futex(2) has it in its words, so the upper two bits are free.
/// High 32 bits: of the clock ticks after boot at which it started, 0 when it did not see /proc.
/// Never 0: nobody.
using ThreadIdentity = std::uint64_t;

namespace detail {
extern constinit thread_local ThreadIdentity own_identity;
ThreadIdentity find_own_identity() noexcept;
}  // namespace detail

/// Of the calling thread. Not from a signal handler the first time.
inline ThreadIdentity own_identity() noexcept {
  if (detail::own_identity == 0) [[unlikely]]
    return detail::find_own_identity();
  return detail::own_identity;
}

/// Of the first thread of this process, which stands for the process.
ThreadIdentity own_process_identity() noexcept;

/// A random number of the running program: exec keeps the identity of its thread, but not this.
std::uint64_t own_image() noexcept;

constexpr pid_t thread_of(ThreadIdentity identity) noexcept {
  return static_cast<pid_t>(identity & 0x3fff'ffff);
}

/// Whether that thread has ended, be its process alive or not.
bool has_ended(ThreadIdentity identity) noexcept;
/// Whether nothing is left of it: the first thread of a process is left until the last has ended
/// and somebody has waited for the process.
bool is_gone(ThreadIdentity identity) noexcept;

/// For messages: "thread 17 of process 16 (python3), which is stopped". Of 0: nothing.
std::string describe_thread(pid_t thread);

}  // namespace share
