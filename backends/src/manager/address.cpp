#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <share/core/error.hpp>
#include <share/manager/address.hpp>

namespace share::manager {
namespace {

constexpr std::string_view kPrefix = "manager:";
constexpr std::string_view kIpc = "ipc://";
constexpr std::string_view kAbstractIpc = "ipc://@";
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kShm = "shm://@";
constexpr std::string_view kKey = ";key=";
constexpr std::size_t kKeyBytes = 40;
constexpr std::string_view kZ85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr std::string_view kPid = ";pid=";
constexpr std::string_view kStart = ";start=";
constexpr std::string_view kAllowed =
    "manager:<ipc://...[;key=...], shm://@... or tcp://host:port;key=...>[;pid=N;start=N]";
// sizeof(sockaddr_un::sun_path) without the terminating zero; checked here because ZeroMQ would
// only say "File name too long" when the server has been started.
constexpr std::size_t kMaxPathBytes = 107;

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end && number > 0;
}

// "127.0.0.1:5555"; `*`: a port that the system chooses.
bool is_interface(std::string_view text, bool any_port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string host(text.substr(0, colon));
  in_addr parsed{};
  if (::inet_pton(AF_INET, host.c_str(), &parsed) != 1) return false;
  std::uint16_t port = 0;
  return (any_port && text.substr(colon + 1) == "*") || parse_number(text.substr(colon + 1), port);
}

// What a client may connect to: a name will do.
bool is_host(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  return colon != std::string_view::npos && colon > 0 && parse_number(text.substr(colon + 1), port);
}

// With the zero byte before it, it must fit into a socket's address.
bool is_abstract_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPathBytes;
}

// Cuts the key off the end; false when what stands there is none.
bool take_key(std::string_view& endpoint, std::string& key) {
  const std::size_t at = endpoint.rfind(kKey);
  if (at == std::string_view::npos) return false;
  const std::string_view text = endpoint.substr(at + kKey.size());
  if (text.size() != kKeyBytes || text.find_first_not_of(kZ85) != std::string::npos) return false;
  key = text;
  endpoint = endpoint.substr(0, at);
  return true;
}

}  // namespace

Address parse_address(std::string_view text) {
  const auto bad = [text] { return BadAddress(text, kAllowed); };
  if (!text.starts_with(kPrefix)) throw bad();
  Address address;
  std::string_view endpoint = text.substr(kPrefix.size());
  // From the right, since a path may contain a semicolon.
  const std::size_t pid_at = endpoint.rfind(kPid);
  if (pid_at != std::string_view::npos) {
    const std::size_t start_at = endpoint.find(kStart, pid_at);
    if (start_at == std::string_view::npos) throw bad();
    const std::size_t pid_text = pid_at + kPid.size();
    ServerIdentity& server = address.server.emplace();
    if (!parse_number(endpoint.substr(pid_text, start_at - pid_text), server.pid) ||
        !parse_number(endpoint.substr(start_at + kStart.size()), server.start)) {
      throw bad();
    }
    endpoint = endpoint.substr(0, pid_at);
  }
  if (endpoint.starts_with(kTcp)) {
    if (!take_key(endpoint, address.key) || !is_host(endpoint.substr(kTcp.size()))) throw bad();
  } else if (endpoint.starts_with(kShm)) {
    if (!is_abstract_name(shm_name(endpoint))) throw bad();
  } else {
    take_key(endpoint, address.key);
    if (!endpoint.starts_with(kIpc) || endpoint.size() == kIpc.size()) throw bad();
  }
  address.endpoint = endpoint;
  return address;
}

std::string format_address(const Address& address) {
  std::string text = fmt::format("{}{}", kPrefix, address.endpoint);
  if (!address.key.empty()) text.append(kKey).append(address.key);
  if (address.server) {
    text += fmt::format("{}{}{}{}", kPid, address.server->pid, kStart, address.server->start);
  }
  return text;
}

std::string without_key(std::string_view address) {
  Address shown = parse_address(address);
  shown.key.clear();
  return format_address(shown);
}

std::string private_endpoint(Transport transport) {
  if (transport == Transport::tcp) return "tcp://127.0.0.1:*";
  // Abstract names are visible to everyone on the machine, so this guards against accidents; who
  // may connect is checked by user id.
  std::array<std::uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw SystemError("getrandom", "the name of a private endpoint", errno);
  }
  const std::string_view scheme = transport == Transport::shm ? kShm : kAbstractIpc;
  return fmt::format("{}sharebench-{:016x}{:016x}", scheme, random[0], random[1]);
}

void check_endpoint(Transport transport, std::string_view endpoint) {
  if (transport == Transport::tcp) {
    if (!endpoint.starts_with(kTcp) || !is_interface(endpoint.substr(kTcp.size()), true)) {
      throw BadAddress(endpoint, "tcp://<IPv4 address of an interface>:<port or *>");
    }
    return;
  }
  if (transport == Transport::shm) {
    if (!is_abstract_name(shm_name(endpoint))) {
      throw BadAddress(endpoint,
                       fmt::format("shm://@name, at most {} bytes after the @", kMaxPathBytes));
    }
    return;
  }
  const std::string_view name = endpoint.starts_with(kIpc) ? endpoint.substr(kIpc.size()) : "";
  const bool absolute = name.starts_with('/') && !name.ends_with('/');
  const bool abstract = name.starts_with('@') && name.size() > 1;
  if ((!absolute && !abstract) || name.size() > kMaxPathBytes) {
    throw BadAddress(
        endpoint,
        fmt::format("ipc://@name or ipc:///path, at most {} bytes after ipc://", kMaxPathBytes));
  }
  check_socket_folder(endpoint);
}

void check_socket_folder(std::string_view endpoint) {
  const std::string path = socket_path(endpoint);
  if (path.empty()) return;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) throw SystemError("stat", folder, errno);
  if (!S_ISDIR(found.st_mode)) throw SystemError("stat", folder, ENOTDIR);
  const unsigned others = found.st_mode & 077U;
  if (found.st_uid == ::geteuid() && others == 0) return;
  throw BadAddress(endpoint,
                   fmt::format("a socket in a folder of user {} with mode 0700 ({} is of user {}, "
                               "mode {:04o})",
                               ::geteuid(), folder, found.st_uid, found.st_mode & 07777U));
}

std::string_view shm_name(std::string_view endpoint) {
  return endpoint.starts_with(kShm) ? endpoint.substr(kShm.size()) : std::string_view();
}

std::string_view name_of(Transport transport) noexcept {
  switch (transport) {
    case Transport::ipc:
      return "ipc";
    case Transport::tcp:
      return "tcp";
    case Transport::shm:
      return "shm";
  }
  return "?";
}

std::string socket_path(std::string_view endpoint) {
  const std::string_view name = endpoint.starts_with(kIpc) ? endpoint.substr(kIpc.size()) : "";
  return name.starts_with('/') ? std::string(name) : std::string();
}

}  // namespace share::manager
