#include "bench/floors/floor_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <share/core/error.hpp>

#include "bench/floors/slots.hpp"
#if SHARE_HAS_ZEROMQ
#include "bench/floors/echo.hpp"
#endif

namespace sharebench {
namespace {

constexpr std::array<std::string_view, 5> kNames{"none", "zmq-echo", "slots-spin",
                                                 "slots-spin-then-block", "slots-block"};

bool uses_slots(FloorService service) {
  return service != FloorService::none && service != FloorService::zmq_echo;
}

/// Reads the address that the child writes when it serves.
std::string read_address(int ready) {
  const auto deadline = share::Deadline::after(std::chrono::seconds(10));
  std::string address;
  while (!address.ends_with('\n')) {
    pollfd readable{ready, POLLIN, 0};
    const int readiness = poll(&readable, 1, deadline.poll_timeout());
    if (readiness == 0) throw share::TimedOut("the floor's server", std::chrono::seconds(10));
    if (readiness == -1) continue;  // a signal
    char text[256];
    const ssize_t got = read(ready, text, sizeof text);
    if (got == 0) throw share::Error("the floor's server ended before it was ready");
    if (got > 0) address.append(text, static_cast<std::size_t>(got));
  }
  address.pop_back();
  return address;
}

}  // namespace

std::string_view name_of(FloorService service) noexcept {
  return kNames[static_cast<std::size_t>(service)];
}

FloorService parse_floor_service(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<FloorService>(i);
  throw share::Error("this command is for processes that sharebench itself starts");
}

FloorServer::FloorServer(FloorService service) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw share::SystemError("pipe2", "the floor's server", errno);
  const share::Descriptor ready(ends[0]);
  share::Descriptor for_child(ends[1]);
  share::ChildProcess::Options options;
  options.command = {"/proc/self/exe", "floor-server", std::string(name_of(service)),
                     std::to_string(for_child.get())};
  options.inherit = {for_child.get()};
  if (uses_slots(service)) {
    slots_ = share::Segment::create("floor-slots", sizeof(Slots));
    options.command.push_back(std::to_string(slots_->descriptor()));
    options.inherit.push_back(slots_->descriptor());
  }
  process_.emplace(share::ChildProcess::start(options));
  for_child.close();  // so that the end of the child is the end of the pipe
  address_ = read_address(ready.get());
}

std::vector<int> FloorServer::inherited_descriptors() const {
  return slots_ ? std::vector{slots_->descriptor()} : std::vector<int>{};
}

int serve_floor(FloorService service, int ready_descriptor, int memory) {
  if (uses_slots(service)) return serve_slots(waiting_of(service), ready_descriptor, memory);
#if SHARE_HAS_ZEROMQ
  if (service == FloorService::zmq_echo) return serve_echo(ready_descriptor);
#endif
  throw share::Error("this build has no such floor");
}

}  // namespace sharebench
