// The first message of a new server to its owner: the endpoint it serves, or why it cannot. Errors
// cross the process boundary by kind, so that the owner throws what the server met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <share/manager/msgpack.hpp>
#include <span>
#include <string>
#include <string_view>

namespace share::manager {

struct StartupReport {
  enum class Kind : std::uint8_t { ready = 0, address_in_use = 1, system_error = 2, error = 3 };

  Kind kind = Kind::error;
  int code = 0;          ///< the errno of a system_error
  std::string text;      ///< the endpoint of `ready` and `address_in_use`, else a message
  std::string key = {};  ///< with `ready`: the server's public key, empty without encryption
};

/// Takes a view so that a child between fork and exec can call it without allocating.
void write_report(msgpack::Writer& to, StartupReport::Kind kind, int code, std::string_view text,
                  std::string_view key = {});
/// An `error` that says so when the bytes are no report.
StartupReport read_report(std::span<const std::byte> message);
/// The endpoint, or the error as an exception: AddressInUse, SystemError or Error.
std::string endpoint_of(const StartupReport& report);

}  // namespace share::manager
