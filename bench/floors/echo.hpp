// The floor of manager.ipc: a bare DEALER/ROUTER echo of the same bytes over the same transport.
// The server is a process of its own, placed as the manager's server is; as many calls in flight.
#pragma once

#include <algorithm>
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
  static constexpr bool kPipelines = true;
  static constexpr FloorService kService = FloorService::zmq_echo;
  template <class Counter>
  IncrementFloor(Counter&, const std::string& address, std::uint32_t in_flight)
      : window_(std::max(in_flight, 1u)),
        client_(address.empty() ? nullptr : std::make_unique<EchoClient>(address)) {}
  void run(std::uint64_t calls) {
    if (window_ == 1) {
      for (std::uint64_t i = 0; i < calls; ++i) client_->call();
      return;
    }
    for (std::uint64_t i = 0; i < calls; ++i) {  // they stay in flight between two runs
      if (sent_ == window_) {
        client_->receive();
        --sent_;
      }
      client_->send();
      ++sent_;
    }
  }
  void finish() {
    for (; sent_ > 0; --sent_) client_->receive();
  }

 private:
  std::uint32_t window_, sent_ = 0;
  std::unique_ptr<EchoClient> client_;  // none when this trial measures no floor
};

}  // namespace sharebench
