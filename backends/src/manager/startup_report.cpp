#include "startup_report.hpp"

#include <cstring>
#include <share/core/error.hpp>

namespace share::manager {

void write_report(msgpack::Writer& to, StartupReport::Kind kind, int code, std::string_view text,
                  std::string_view key) {
  to.clear();
  to.unsigned_integer(static_cast<std::uint64_t>(kind));
  to.integer(code);
  to.text(text);
  to.text(key);
}

StartupReport read_report(std::span<const std::byte> message) {
  msgpack::Reader reader(message);
  std::uint64_t kind = 0;
  std::int64_t code = 0;
  std::string_view text;
  std::string_view key;
  if (!reader.unsigned_integer(kind) || !reader.integer(code) || !reader.text(text) ||
      !reader.text(key) || kind > static_cast<std::uint64_t>(StartupReport::Kind::error)) {
    return {.text = "the server's program does not speak the protocol of managers"};
  }
  return {.kind = static_cast<StartupReport::Kind>(kind),
          .code = static_cast<int>(code),
          .text = std::string(text),
          .key = std::string(key)};
}

std::string endpoint_of(const StartupReport& report) {
  switch (report.kind) {
    case StartupReport::Kind::ready:
      return report.text;
    case StartupReport::Kind::address_in_use:
      throw AddressInUse(report.text);
    case StartupReport::Kind::system_error: {
      // The text ends in the error's own words, which SystemError will add again.
      std::string_view what = report.text;
      const std::string ending = std::string(": ") + std::strerror(report.code);
      if (what.ends_with(ending)) what.remove_suffix(ending.size());
      throw SystemError("manager server:", what, report.code);
    }
    case StartupReport::Kind::error:
      break;
  }
  throw Error("manager server: " + report.text);
}

}  // namespace share::manager
