#include <fmt/format.h>

#include <share/manager/backend.hpp>

#include "sockets.hpp"

namespace share::manager {

std::string library_version() {
  const auto [major, minor, patch] = zmq::version();
  return fmt::format("libzmq {}.{}.{}", major, minor, patch);
}

}  // namespace share::manager
