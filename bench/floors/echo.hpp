// The floor of manager.ipc: a bare DEALER/ROUTER echo of the same bytes over the same transport.
// The server is a process of its own, placed as the manager's server is; one call in flight.
#pragma once

#include <memory>
#include <share/manager/ipc.hpp>

#include "bench/floors/floor.hpp"

namespace sharebench {

/// One connection to an echo server. Throws share::Error when an echo is missing or altered.
class EchoClient {
 public:
  explicit EchoClient(const std::string& address);
  ~EchoClient();
  void call() {
    send();
    receive();
  }
  void send();
  void receive();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

/// Serves at a random abstract name until the process is killed; writes the address and a newline
/// to `ready_descriptor` first. Returns the exit status.
int serve_echo(int ready_descriptor);

template <>
struct IncrementFloor<share::manager::Ipc> {
  static constexpr bool kExists = true;
  static constexpr bool kSameObject = false;
  static constexpr FloorService kService = FloorService::zmq_echo;
  template <class Counter>
  IncrementFloor(Counter&, const std::string& address)
      : client_(address.empty() ? nullptr : std::make_unique<EchoClient>(address)) {}
  void run(std::uint64_t calls) {
    for (std::uint64_t i = 0; i < calls; ++i) client_->call();
  }

 private:
  std::unique_ptr<EchoClient> client_;  // none when this trial measures no floor
};

}  // namespace sharebench
