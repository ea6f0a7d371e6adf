// Which end belongs to which endpoint: the one place that knows them all.
#include <memory>

#include "ring_channel.hpp"
#include "ring_transport.hpp"
#include "zmq_channel.hpp"
#include "zmq_transport.hpp"

namespace share::manager {

std::unique_ptr<ServerTransport> open_transport(const ServerOptions& options) {
  if (!shm_name(options.endpoint).empty()) {
    return std::make_unique<RingTransport>(options.endpoint, options.waiting);
  }
  return std::make_unique<ZmqTransport>(options);
}

std::unique_ptr<Channel> open_channel(const Address& address, const std::string& shown,
                                      std::chrono::nanoseconds timeout) {
  if (!shm_name(address.endpoint).empty()) {
    return std::make_unique<RingChannel>(address, shown, timeout);
  }
  return std::make_unique<ZmqChannel>(address, shown);
}

}  // namespace share::manager
