#include "bench/floors/echo_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/error.hpp>

namespace sharebench {

EchoServer::EchoServer() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw share::SystemError("pipe2", "echo server", errno);
  const share::Descriptor ready(ends[0]);
  share::Descriptor for_child(ends[1]);
  process_.emplace(share::ChildProcess::start(
      {{"/proc/self/exe", "echo-server", std::to_string(ends[1])}, {ends[1]}, std::nullopt}));
  for_child.close();  // so that the end of the child is the end of the pipe

  const auto deadline = share::Deadline::after(std::chrono::seconds(10));
  while (!address_.ends_with('\n')) {
    pollfd readable{ready.get(), POLLIN, 0};
    const int readiness = poll(&readable, 1, deadline.poll_timeout());
    if (readiness == 0) throw share::TimedOut("the echo server", std::chrono::seconds(10));
    if (readiness == -1) continue;  // a signal
    char text[256];
    const ssize_t got = read(ready.get(), text, sizeof text);
    if (got == 0) throw share::Error("the echo server ended before it was ready");
    if (got > 0) address_.append(text, static_cast<std::size_t>(got));
  }
  address_.pop_back();
}

}  // namespace sharebench
