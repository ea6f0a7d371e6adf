// The clients that have greeted a manager's server: who they are to the transport (an identity) and
// to the objects (a number, never used again). It lives in the server's one thread. Throws
// std::bad_alloc, and then has changed nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace share::manager {

/// Greeted clients at a time; bounds what strangers can make the server remember.
inline constexpr std::size_t kMaxClients = std::size_t{1} << 16;

class Clients {
 public:
  struct Client {
    std::string identity;
    std::uint64_t pid = 0;  ///< 0: on another host, or unknown
  };

  /// The client's number; that of before when it has greeted already. 0 when there are too many.
  std::uint64_t greet(std::string_view identity, std::uint64_t pid);
  /// 0 for one that has not greeted, or has left.
  std::uint64_t number_of(std::string_view identity) const noexcept;
  /// Null when it has left. Valid until it leaves.
  const Client* at(std::uint64_t number) const noexcept;
  void remove(std::uint64_t number) noexcept;
  const std::map<std::uint64_t, Client>& all() const noexcept { return clients_; }

 private:
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Client> clients_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace share::manager
