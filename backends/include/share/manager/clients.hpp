// The clients that have greeted a manager's server: who they are to the transport (an identity) and
// to the objects (a number, never used again). A client whose process has ended stays known by its
// identity until the transport has nothing of it left, so that its last requests, still on their
// way, change nothing any more. It lives in the server's one thread. Throws std::bad_alloc, and
// then has changed nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace share::manager {

/// Greeted clients at a time, and the length of an identity: bound what strangers can make the
/// server remember.
inline constexpr std::size_t kMaxClients = std::size_t{1} << 16;
inline constexpr std::size_t kMaxIdentityBytes = 255;

class Clients {
 public:
  struct Client {
    std::string identity;
    std::uint64_t pid = 0;     ///< 0: on another host, or unknown
    std::uint32_t unread = 0;  ///< messages it did not ask for since its last method call
    /// Objects that it refers to, and how often it was told of each.
    std::map<std::uint64_t, std::uint64_t> held = {};
  };

  /// The client's number; that of before when it has greeted already. 0 when there are too many,
  /// the identity is too long, or its process has ended.
  std::uint64_t greet(std::string_view identity);
  void set_pid(std::uint64_t number, std::uint64_t pid) noexcept;
  /// 0 for one that has not greeted, or has left.
  std::uint64_t number_of(std::string_view identity) const noexcept;
  /// The same of a client that makes a call.
  std::uint64_t hear(std::string_view identity) noexcept;
  /// Notes a message to it that it did not ask for. False when it has had so many that it might not
  /// read them all.
  bool may_disturb(std::uint64_t number) noexcept;
  /// Null when it has left. Valid until it leaves.
  const Client* at(std::uint64_t number) const noexcept;
  Client* at(std::uint64_t number) noexcept;
  const std::map<std::uint64_t, Client>& all() const noexcept { return clients_; }

  void remove(std::uint64_t number) noexcept;
  /// Remove one whose process has ended.
  void bury(std::uint64_t number);
  bool has_ended(std::string_view identity) const noexcept {
    return !ended_.empty() && ended_.contains(identity);
  }
  const std::set<std::string, std::less<>>& ended() const noexcept { return ended_; }
  /// The transport knows it no more.
  void forget(const std::string& identity) noexcept { ended_.erase(identity); }

 private:
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Client> clients_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
  std::set<std::string, std::less<>> ended_;
};

}  // namespace share::manager
