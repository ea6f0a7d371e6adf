// The owner's side of a manager: a ServerProcess starts a server when it is made and ends it when
// it is destroyed, also when an exception unwinds; a server whose owner is killed ends by itself.
// After either nothing is left: no process, no socket file, no lock file. It belongs to the process
// that made it: a copy inherited by fork does nothing in its destructor. It uses no ZeroMQ, so that
// its process may go on to fork. One thread at a time. Making one throws AddressInUse, BadAddress,
// TimedOut, SystemError, or Error in a process with several threads and no server_command.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <share/manager/address.hpp>
#include <share/manager/datum.hpp>
#include <share/manager/waiting.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace share::manager {

struct ServerProcessOptions {
  Transport transport = Transport::ipc;
  /// Empty: a private endpoint. Else `ipc://@name`, `ipc:///path`, `tcp://interface:port` or
  /// `shm://@name`.
  std::string endpoint;
  /// Over shared memory: how server and clients wait.
  Waiting waiting = Waiting::spin_then_block;
  /// Over ipc: encrypted, and open only to whoever has the address, as tcp always is.
  bool encrypt = false;
  /// Over tcp: a client that does not answer for twice as long is taken for gone, with its host.
  std::chrono::milliseconds heartbeat{10'000};
  /// Empty: the forked child serves. Else a program and arguments; to_arguments() follow them, and
  /// the program passes those to serve_from_arguments().
  std::vector<std::string> server_command;
  /// All objects together.
  std::size_t max_object_bytes = std::size_t{1} << 30;
  std::chrono::milliseconds start_timeout{10'000};
  /// For an answer to add_value(), add_array() and add_served().
  std::chrono::milliseconds call_timeout{5'000};
  /// What stop() waits after asking, after SIGTERM and after SIGKILL.
  std::chrono::milliseconds ask_timeout{1'000};
  std::chrono::milliseconds terminate_timeout{1'000};
  std::chrono::milliseconds kill_timeout{5'000};
};

class ServerProcess {
 public:
  explicit ServerProcess(const ServerProcessOptions& options);
  ServerProcess(ServerProcess&&) noexcept;
  ServerProcess& operator=(ServerProcess&&) noexcept;
  /// stop().
  ~ServerProcess();

  /// Of the server; 0 once it has been stopped.
  pid_t pid() const noexcept;
  /// What users open; see address.hpp.
  const std::string& address() const noexcept;

  /// Makes a zero-initialised object (type codes: element.hpp). Throws ObjectExists, BadAddress for
  /// an unknown type code, CallRefused (too large, empty name), CallTimedOut, ServerGone.
  void add_value(std::string_view name, char type_code);
  void add_array(std::string_view name, char type_code, std::size_t size);
  /// Makes an object of a class (docs/manager.md) from the arguments of its constructor. Throws
  /// likewise; CallRefused for an unknown class or arguments that it does not take.
  void add_served(std::string_view name, std::string_view class_name,
                  const Datum::List& arguments = {});

  /// Asks the server to end, then terminates it, then kills it; reaps it and removes what it left.
  /// Throws nothing. The second time does nothing.
  void stop() noexcept;

 private:
  class Process;
  std::unique_ptr<Process> process_;
};

}  // namespace share::manager
