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

int serve_until_told(const ServerOptions& options) {
  try {
    check_endpoint(options.endpoint.starts_with("tcp") ? Transport::tcp : Transport::ipc,
                   options.endpoint);
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
                 "where to serve: ipc://@NAME, ipc:///PATH or tcp://INTERFACE:PORT (encrypted)")
      ->required();
  app.add_option("--max-bytes", options.max_object_bytes, "memory of all objects together")
      ->check(CLI::Range(std::size_t{4096}, std::size_t{1} << 40))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return serve_until_told(options);
}
