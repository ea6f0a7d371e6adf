#include "client_watch.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <limits>
#include <share/core/error.hpp>
#include <utility>

namespace share::manager {

ClientWatch::ClientWatch() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_.get() < 0) throw SystemError("epoll_create1", "the server's clients", errno);
}

std::uint64_t ClientWatch::greeted(std::uint64_t client, std::uint64_t pid, std::uint64_t start) {
  left(client);
  if (pid != 0 && pid <= static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) {
    try {
      ProcessWatch process = ProcessWatch::of(static_cast<pid_t>(pid));
      // The watch is on whoever has that number now: compare after opening it.
      if (process_start_time(static_cast<pid_t>(pid)) == start) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = client}};
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, process.descriptor(), &event) == 0) {
          seen_.emplace(client, std::move(process));
          return pid;
        }
      }
    } catch (const SystemError&) {
      // No such process here, or no descriptor left to watch it: its connection has to do.
    }
  }
  unseen_.insert(client);
  return 0;
}

void ClientWatch::left(std::uint64_t client) noexcept {
  seen_.erase(client);  // closing the pidfd takes it out of the epoll set
  unseen_.erase(client);
}

std::vector<std::uint64_t> ClientWatch::ended() const {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  std::vector<std::uint64_t> clients;
  for (int i = 0; i < count; ++i) clients.push_back(events[static_cast<std::size_t>(i)].data.u64);
  return clients;
}

}  // namespace share::manager
