// The two texts that say where a manager is. An endpoint is ZeroMQ's `ipc://@name` (abstract),
// `ipc:///folder/socket` or `tcp://interface:port`, or `shm://@name` for shared memory. An address
// is what users get: the endpoint and who serves it,
// `manager:ipc://@sharebench-4f..;pid=123;start=456`, so that a user can tell a dead server from a
// slow one. Pure functions but for private_endpoint() and check_endpoint(), which asks the file
// system. They throw BadAddress, and SystemError where the system says no.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace share::manager {

enum class Transport { ipc, tcp, shm };

/// "ipc", "tcp", "shm": what endpoints begin with.
std::string_view name_of(Transport transport) noexcept;

/// A process, unmistakably: see process_start_time().
struct ServerIdentity {
  pid_t pid = 0;
  std::uint64_t start = 0;
};

struct Address {
  std::string endpoint;
  std::optional<ServerIdentity> server;  ///< without it a dead server looks like a silent one
  std::string key =
      {};  ///< public key of a server that encrypts, as Z85 text (ZeroMQ RFC 32); else empty
};

/// Throws BadAddress for anything format_address() does not make. An address with a key is a
/// capability: whoever has it can connect, nobody else can.
Address parse_address(std::string_view text);
std::string format_address(const Address& address);
/// For messages, which others read too. Throws BadAddress.
std::string without_key(std::string_view address);

/// An endpoint nobody else has: a random abstract name, or a port that the system chooses.
std::string private_endpoint(Transport transport);

/// Throws BadAddress unless the transport can serve this endpoint: a path must be absolute and have
/// 107 bytes at most, tcp needs the numeric address of an interface, shm an abstract name. Throws
/// SystemError when the folder of the path does not exist.
void check_endpoint(Transport transport, std::string_view endpoint);

/// The path of the socket file; empty for an endpoint without one.
std::string socket_path(std::string_view endpoint);
/// Nothing for an endpoint without a path. Else its folder must be this user's and closed to all
/// others (mode 0700), so that nobody can put a socket of his there: throws BadAddress, and
/// SystemError when there is no such folder.
void check_socket_folder(std::string_view endpoint);
/// The abstract name behind `shm://@`; empty for another endpoint.
std::string_view shm_name(std::string_view endpoint);

}  // namespace share::manager
