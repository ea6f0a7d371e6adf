#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <share/core/error.hpp>
#include <share/core/process_watch.hpp>
#include <share/manager/address.hpp>
#include <share/manager/server.hpp>

#include "server_loop.hpp"
#include "startup_report.hpp"

namespace share::manager {
namespace {

// libzmq aborts when an ipc listener runs out of descriptors, so allow as many as may be had.
void allow_many_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void report(int control, StartupReport::Kind kind, int code, std::string_view text,
            std::string_view key = {}) {
  msgpack::Writer message;
  write_report(message, kind, code, text, key);
  // An owner that does not read this has ended, which the loop will notice.
  [[maybe_unused]] const ssize_t sent =
      ::send(control, message.bytes().data(), message.size(), MSG_NOSIGNAL);
}

// Null after a failure, which has been reported.
std::unique_ptr<ServerLoop> set_up(const ServerOptions& options) {
  using Kind = StartupReport::Kind;
  // The set-up owns the control channel; a copy outlives its failure.
  const Descriptor control(::dup(options.control));
  try {
    auto server = std::make_unique<ServerLoop>(options);
    report(control.get(), Kind::ready, 0, server->endpoint(), server->key());
    return server;
  } catch (const AddressInUse&) {
    report(control.get(), Kind::address_in_use, 0, options.endpoint);
  } catch (const SystemError& error) {
    report(control.get(), Kind::system_error, error.code(), error.what());
  } catch (const std::exception& error) {
    report(control.get(), Kind::error, 0, error.what());
  }
  return nullptr;
}

}  // namespace

int serve(const ServerOptions& options) noexcept {
  try {
    allow_many_connections();
    const std::unique_ptr<ServerLoop> server = set_up(options);
    if (!server) return 1;
    server->run();
    return 0;
  } catch (const std::exception& error) {
    // No channel is left to report on; clients and owner see that the server has ended.
    std::fputs(fmt::format("manager server at {}: {}\n", options.endpoint, error.what()).c_str(),
               stderr);
    return 1;
  }
}

void serve_alone(const ServerOptions& options,
                 const std::function<void(const std::string&)>& ready) {
  allow_many_connections();
  ServerLoop server(options);
  Address address{server.endpoint(), std::nullopt, server.key()};
  // Of use on this machine only: elsewhere another process has that number.
  const bool local =
      !address.endpoint.starts_with("tcp://") || address.endpoint.starts_with("tcp://127.");
  if (const auto start = process_start_time(::getpid()); start && local) {
    address.server = ServerIdentity{::getpid(), *start};
  }
  ready(format_address(address));
  server.run();
}

}  // namespace share::manager
