// Watches the processes of a server's clients by pidfds, all behind one descriptor. Clients whose
// process it cannot see, because they run on another host, are only listed: their connection has to
// be watched.
#pragma once

#include <map>
#include <set>
#include <share/core/descriptor.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/dispatcher.hpp>
#include <vector>

namespace share::manager {

class ClientWatch final : public ClientObserver {
 public:
  /// Throws SystemError.
  ClientWatch();
  std::uint64_t greeted(std::uint64_t client, std::uint64_t pid, std::uint64_t start) override;
  void left(std::uint64_t client) noexcept override;

  /// Readable when a client's process has ended.
  int descriptor() const noexcept { return epoll_.get(); }
  /// Clients whose process has ended. Each is told until it has left.
  std::vector<std::uint64_t> ended() const;
  const std::set<std::uint64_t>& unseen() const noexcept { return unseen_; }

 private:
  Descriptor epoll_;
  std::map<std::uint64_t, ProcessWatch> seen_;
  std::set<std::uint64_t> unseen_;
};

}  // namespace share::manager
