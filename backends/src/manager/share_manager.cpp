// share-manager: a server of shared objects for processes that have no owner in common. It serves
// the kinds of the library; custom classes need a program of one's own, see registered.hpp.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>
#include <share/manager/server.hpp>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace share::manager;

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

// What begins like none is taken for ipc, whose check tells what is allowed.
Transport transport_of(std::string_view endpoint) {
  for (const Transport transport : {Transport::tcp, Transport::shm})
    if (endpoint.starts_with(name_of(transport))) return transport;
  return Transport::ipc;
}

int serve_until_told(const ServerOptions& options) {
  try {
    const Transport transport = transport_of(options.endpoint);
    check_endpoint(transport, options.endpoint);
    if (options.encrypt && transport == Transport::shm) {
      throw share::BadAddress(options.endpoint, "ipc or tcp with --encrypt");
    }
    serve_alone(options, [](const std::string& address) {
      std::printf("%s\n", address.c_str());
      std::fflush(stdout);
    });
    return 0;
  } catch (const share::BadAddress& error) {
    std::fprintf(stderr, "share-manager: --bind: %s\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "share-manager: %s\n", error.what());
    return kExitFailure;
  }
}

}  // namespace

int main(int argc, char** argv) {
  // Started by an owner (ServerProcessOptions::server_command), which passes arguments of its own.
  const std::span arguments(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
  if (std::ranges::any_of(arguments, [](std::string_view word) {
        return word.starts_with("--manager-control=");
      })) {
    return serve_from_arguments(arguments);
  }

  CLI::App app(
      "Serves shared objects (lists, dictionaries, queues, locks, ...) to processes that open the\n"
      "address it prints. Over tcp the address has a key: keep it as you would keep a password.\n"
      "Ends at SIGTERM or Ctrl-C; its objects end with it.");
  ServerOptions options;
  options.max_object_bytes = std::size_t{1} << 30;
  app.add_option("--bind", options.endpoint,
                 "where to serve: ipc://@NAME, ipc:///PATH, tcp://INTERFACE:PORT (encrypted), or\n"
                 "shm://@NAME (shared memory: the fastest, for few clients of this machine)")
      ->required();
  app.add_flag("--encrypt", options.encrypt,
               "also over ipc: then only those with the address come in");
  std::string waiting(name_of(options.waiting));
  app.add_option("--waiting", waiting, "how the two sides of shm wait for each other")
      ->check(CLI::IsMember({"spin", "spin-then-block", "block"}))
      ->capture_default_str();
  app.add_option("--max-bytes", options.max_object_bytes, "memory of all objects together")
      ->check(CLI::Range(std::size_t{4096}, std::size_t{1} << 40))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  options.waiting = parse_waiting(waiting);
  return serve_until_told(options);
}
