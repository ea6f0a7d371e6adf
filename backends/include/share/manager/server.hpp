// The process that holds a manager's objects and answers its clients. It has one loop that sleeps
// in one poll over its clients, its owner's pidfd, the owner's control channel and its signals, so
// that it ends by itself when the owner ends, however that dies, and removes its socket file.
// Normally ServerProcess (owner.hpp) starts it; call these functions only in a process that is to
// become a server. serve() throws nothing: what fails at the start is reported to the owner, typed.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <share/manager/waiting.hpp>
#include <span>
#include <string>
#include <vector>

namespace share::manager {

struct ServerOptions {
  std::string endpoint;  ///< checked by the owner, see address.hpp
  int control = -1;      ///< one end of a SOCK_SEQPACKET pair: reports, requests, the end
  int owner = -1;        ///< a pidfd of the owner
  std::size_t max_object_bytes = 0;
  Waiting waiting = Waiting::spin_then_block;  ///< over shared memory
  bool encrypt = false;                        ///< over ipc too; over tcp always
  /// Over tcp: how often it is asked whether a client still answers. One that has not for twice as
  /// long is taken for gone.
  std::chrono::milliseconds heartbeat{10'000};
};

/// Serves until the owner closes the control channel or ends, or until SIGTERM, SIGHUP or SIGQUIT;
/// SIGINT is ignored, since a Ctrl-C at the terminal goes to the owner as well, who decides. Takes
/// over both descriptors. Returns the exit code for the process: 0, or 1 after a failure.
int serve(const ServerOptions& options) noexcept;

/// The same without an owner, for unrelated processes: until SIGTERM, SIGHUP, SIGQUIT or SIGINT.
/// `ready` gets the address that users open. The options' descriptors stay -1. Throws BadAddress,
/// AddressInUse, SystemError.
void serve_alone(const ServerOptions& options,
                 const std::function<void(const std::string& address)>& ready);

/// The arguments from which another program can serve, to be appended to its command.
std::vector<std::string> to_arguments(const ServerOptions& options);

/// What such a program calls with these arguments and nothing else (its argv without its own
/// words). Throws Error for anything that to_arguments() does not make.
int serve_from_arguments(std::span<char* const> arguments);

}  // namespace share::manager
