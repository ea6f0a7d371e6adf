// Watches the processes of a server's clients by pidfds, one for each process, all behind one
// descriptor. Clients whose process it cannot see, because they run on another host or there are
// too many, are told from their connections only.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <share/core/descriptor.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/dispatcher.hpp>
#include <utility>
#include <vector>

namespace share::manager {

class ClientWatch final : public ClientObserver {
 public:
  /// @param most processes at a time. Throws SystemError.
  explicit ClientWatch(std::size_t most);
  std::uint64_t greeted(std::uint64_t client, std::uint64_t pid, std::uint64_t start) override;
  void left(std::uint64_t client) noexcept override;

  /// Readable when a client's process has ended.
  int descriptor() const noexcept { return epoll_.get(); }
  /// Clients whose process has ended. Each is told until it has left.
  std::vector<std::uint64_t> ended() const;

 private:
  using Process = std::pair<std::uint64_t, std::uint64_t>;  // pid and start
  struct Watched {
    ProcessWatch watch;
    std::set<std::uint64_t> clients;
  };

  std::size_t most_;
  Descriptor epoll_;
  std::map<Process, Watched> processes_;
  std::map<std::uint64_t, Process> process_of_;  // by client
};

}  // namespace share::manager
