// A socket file that at most one server uses. ZeroMQ's bind() takes a path over from a live server
// without a word, so the server first takes a lock on `<path>.lock`, which the kernel releases
// however the server ends. The holder removes the socket and the lock file; whoever finds them left
// behind by a killed server may remove them with remove_socket_leftovers(), which leaves a live
// server's alone.
#pragma once

#include <share/core/descriptor.hpp>
#include <string>

namespace share::manager {

class SocketFile {
 public:
  /// Takes the lock and removes a stale socket. Throws AddressInUse when a live server has the
  /// lock, SystemError when the lock file cannot be made or the path is something else than a
  /// socket.
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&&) = delete;
  ~SocketFile();

 private:
  std::string path_;
  Descriptor lock_;
};

/// Removes socket and lock file of a server that has been killed, unless another one serves there.
void remove_socket_leftovers(const std::string& path) noexcept;

}  // namespace share::manager
