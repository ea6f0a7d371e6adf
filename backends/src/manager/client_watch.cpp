#include "client_watch.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <limits>
#include <optional>
#include <share/core/error.hpp>

namespace share::manager {
namespace {

/// Nothing when there is no such process here, or no descriptor left to watch it.
std::optional<ProcessWatch> watch(std::uint64_t pid, std::uint64_t start) {
  if (pid == 0 || pid > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) return {};
  try {
    std::optional<ProcessWatch> process = ProcessWatch::of(static_cast<pid_t>(pid));
    // The watch is on whoever has that number now: compare after opening it.
    if (process_start_time(static_cast<pid_t>(pid)) != start) process.reset();
    return process;
  } catch (const SystemError&) {
    return {};
  }
}

}  // namespace

ClientWatch::ClientWatch(std::size_t most) : most_(most), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_.get() < 0) throw SystemError("epoll_create1", "the server's clients", errno);
}

std::uint64_t ClientWatch::greeted(std::uint64_t client, std::uint64_t pid, std::uint64_t start) {
  left(client);
  const Process process(pid, start);
  auto known = processes_.find(process);
  if (known == processes_.end()) {
    if (processes_.size() >= most_) return 0;
    std::optional<ProcessWatch> watched = watch(pid, start);
    if (!watched) return 0;
    epoll_event event{.events = EPOLLIN, .data = {.u64 = pid}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched->descriptor(), &event) != 0) return 0;
    known = processes_.emplace(process, Watched{std::move(*watched), {}}).first;
  }
  known->second.clients.insert(client);
  process_of_[client] = process;
  return pid;
}

void ClientWatch::left(std::uint64_t client) noexcept {
  const auto process = process_of_.find(client);
  if (process == process_of_.end()) return;
  const auto watched = processes_.find(process->second);
  watched->second.clients.erase(client);
  // Closing the pidfd takes it out of the epoll set.
  if (watched->second.clients.empty()) processes_.erase(watched);
  process_of_.erase(process);
}

std::vector<std::uint64_t> ClientWatch::ended() const {
  std::vector<std::uint64_t> clients;
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t pid = events[static_cast<std::size_t>(i)].data.u64;
    // Of several processes that had the number, only the last can live.
    for (auto p = processes_.lower_bound({pid, 0}); p != processes_.end() && p->first.first == pid;
         ++p)
      if (p->second.watch.ended())
        clients.insert(clients.end(), p->second.clients.begin(), p->second.clients.end());
  }
  return clients;
}

}  // namespace share::manager
