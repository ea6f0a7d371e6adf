// Keeps a server's connections well below the number of descriptors that its process may have:
// libzmq 4.3.4 ends the process when an ipc listener finds none left. It listens to what libzmq
// tells of connections; whoever comes beyond the limit is disconnected at once, and tries again by
// itself. Used by the server's thread.
#pragma once

#include <cstddef>
#include <zmq.hpp>

namespace share::manager {

class ConnectionLimit {
 public:
  /// @param clients bound; outlives this. Throws zmq::error_t.
  ConnectionLimit(zmq::context_t& context, zmq::socket_t& clients);
  ConnectionLimit(const ConnectionLimit&) = delete;
  ConnectionLimit& operator=(const ConnectionLimit&) = delete;
  ~ConnectionLimit();

  /// Readable when look() may have something to do.
  int descriptor();
  /// Takes notice of connections that came and went. True when some went.
  bool look();

 private:
  zmq::socket_t& clients_;
  std::size_t most_;
  std::size_t open_ = 0;
  zmq::socket_t events_;
};

}  // namespace share::manager
