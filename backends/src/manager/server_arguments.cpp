#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/server.hpp>
#include <string_view>

namespace share::manager {
namespace {

constexpr std::string_view kControl = "--manager-control=";
constexpr std::string_view kOwner = "--manager-owner=";
constexpr std::string_view kMaxBytes = "--manager-max-bytes=";
constexpr std::string_view kWaiting = "--manager-waiting=";
constexpr std::string_view kEncrypt = "--manager-encrypt=";
constexpr std::string_view kHeartbeat = "--manager-heartbeat-ms=";
constexpr std::string_view kEndpoint = "--manager-endpoint=";

// The rest of `argument` after `name`, as a number; false when the argument has another name.
template <class Number>
bool number_after(std::string_view name, std::string_view argument, Number& number) {
  if (!argument.starts_with(name)) return false;
  const std::string_view text = argument.substr(name.size());
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) {
    throw Error(fmt::format("argument of a manager server is no number: {}", argument));
  }
  return true;
}

}  // namespace

std::vector<std::string> to_arguments(const ServerOptions& options) {
  return {fmt::format("{}{}", kControl, options.control),
          fmt::format("{}{}", kOwner, options.owner),
          fmt::format("{}{}", kMaxBytes, options.max_object_bytes),
          fmt::format("{}{}", kWaiting, name_of(options.waiting)),
          fmt::format("{}{}", kEncrypt, options.encrypt ? 1 : 0),
          fmt::format("{}{}", kHeartbeat, options.heartbeat.count()),
          fmt::format("{}{}", kEndpoint, options.endpoint)};
}

int serve_from_arguments(std::span<char* const> arguments) {
  ServerOptions options;
  int encrypt = 0;
  std::int64_t heartbeat = options.heartbeat.count();
  for (const std::string_view argument : arguments) {
    if (number_after(kControl, argument, options.control) ||
        number_after(kOwner, argument, options.owner) ||
        number_after(kMaxBytes, argument, options.max_object_bytes) ||
        number_after(kEncrypt, argument, encrypt) ||
        number_after(kHeartbeat, argument, heartbeat)) {
      continue;
    }
    if (argument.starts_with(kWaiting)) {
      options.waiting = parse_waiting(argument.substr(kWaiting.size()));
      continue;
    }
    if (!argument.starts_with(kEndpoint)) {
      throw Error(fmt::format("unknown argument of a manager server: {}", argument));
    }
    options.endpoint = argument.substr(kEndpoint.size());
  }
  if (options.control < 0 || options.owner < 0 || options.endpoint.empty()) {
    throw Error(
        "a manager server is started by its owner, which passes control, owner and endpoint");
  }
  options.encrypt = encrypt != 0;
  options.heartbeat = std::chrono::milliseconds(heartbeat);
  return serve(options);
}

}  // namespace share::manager
