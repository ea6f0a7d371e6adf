// EchoServer: the server process behind the floor of manager.ipc, owned by the coordinator for one
// trial. Killed and reaped in the destructor; it uses an abstract socket name, so nothing is left.
#pragma once

#include <share/core/child_process.hpp>
#include <string>

namespace sharebench {

class EchoServer {
 public:
  /// @throws share::Error when the server does not come up.
  EchoServer();
  pid_t pid() const noexcept { return process_->pid(); }
  const std::string& address() const noexcept { return address_; }

 private:
  std::optional<share::ChildProcess> process_;
  std::string address_;
};

}  // namespace sharebench
