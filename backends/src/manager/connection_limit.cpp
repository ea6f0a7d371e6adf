#include "connection_limit.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <cstring>

#include "descriptor_limit.hpp"

namespace share::manager {
namespace {

constexpr const char* kEvents = "inproc://connections";

// The first frame of an event (zmq_socket_monitor(3)): a number, and for these a descriptor.
struct ConnectionEvent {
  std::uint16_t number = 0;
  std::int32_t descriptor = -1;
};

ConnectionEvent read_event(const zmq::message_t& frame) {
  ConnectionEvent event;
  if (frame.size() != sizeof event.number + sizeof event.descriptor) return event;
  const auto* bytes = static_cast<const char*>(frame.data());
  std::memcpy(&event.number, bytes, sizeof event.number);
  std::memcpy(&event.descriptor, bytes + sizeof event.number, sizeof event.descriptor);
  return event;
}

}  // namespace

ConnectionLimit::ConnectionLimit(zmq::context_t& context, zmq::socket_t& clients)
    : clients_(clients), most_(quarter_of_descriptors()), events_(context, zmq::socket_type::pair) {
  if (zmq_socket_monitor(clients_.handle(), kEvents, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED) !=
      0) {
    throw zmq::error_t();
  }
  events_.set(zmq::sockopt::linger, 0);
  events_.set(zmq::sockopt::rcvhwm, 0);
  events_.connect(kEvents);
  look();  // libzmq wakes only a reader that has found nothing before
}

ConnectionLimit::~ConnectionLimit() { zmq_socket_monitor(clients_.handle(), nullptr, 0); }

int ConnectionLimit::descriptor() { return events_.get(zmq::sockopt::fd); }

bool ConnectionLimit::look() {
  bool some_went = false;
  zmq::message_t frame;
  while (events_.recv(frame, zmq::recv_flags::dontwait)) {
    const ConnectionEvent event = read_event(frame);
    while (frame.more() && events_.recv(frame, zmq::recv_flags::dontwait)) {
    }
    if (event.number == ZMQ_EVENT_ACCEPTED && ++open_ > most_) {
      // libzmq sees the end of the stream and closes it. If it has done so already, the number is
      // free, or that of another newcomer, who then tries again too.
      ::shutdown(event.descriptor, SHUT_RDWR);
    }
    if (event.number == ZMQ_EVENT_DISCONNECTED) {
      some_went = true;
      if (open_ > 0) --open_;
    }
  }
  return some_went;
}

}  // namespace share::manager
