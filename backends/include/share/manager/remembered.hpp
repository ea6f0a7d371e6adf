// What a manager's server remembers for clients that ask for it: the number of their last request
// and its answer, so that a request that is sent again is applied at most once. A client is known
// by its identity, also after its connection has ended, until it leaves or its process ends; of
// those whose connection has ended only so many, and so many bytes, are remembered. It lives in the
// server's one thread. What it keeps takes room like objects do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <share/manager/served.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace share::manager {

class Remembered {
 public:
  /// What is to be done with a request.
  enum class Verdict : std::uint8_t {
    carry_out,
    ignore,   ///< it has been carried out, or its answer is still to come
    repeat,   ///< it has been carried out: answer() once more
    unknown,  ///< nobody knows whether it has been carried out
  };

  bool empty() const noexcept { return clients_.empty(); }
  /// From now on; the request that asks for it is the first. False when there is no room. Throws
  /// std::bad_alloc.
  bool begin(std::string_view identity, std::uint64_t request, Room& room);
  /// @param again it says itself that it may have been sent before.
  Verdict judge(std::string_view identity, std::uint64_t request, bool again) noexcept;
  /// The answer to the client's last request; any other is not kept. @param binds it gives
  /// something that goes with the connection.
  void keep(std::string_view identity, std::uint64_t request, std::span<const std::byte> answer,
            bool binds, Room& room) noexcept;
  std::span<const std::byte> answer(std::string_view identity) const noexcept;
  /// Number of the client's last request; 0 for one that is not remembered.
  std::uint64_t last(std::string_view identity) const noexcept;
  /// The request is undone: it waited, and never happened, or what its answer gave has been given
  /// back.
  void undo(std::string_view identity, std::uint64_t request, bool waited, Room& room) noexcept;
  /// The request was refused only since the client has not greeted: it may come again.
  void not_greeted(std::string_view identity, std::uint64_t request) noexcept;

  /// It has left, or its process has ended.
  void forget(std::string_view identity, Room& room) noexcept;
  /// Its connection has ended; it may come back. What was given to it has been given back. @param
  /// waited its last request did, and never happened.
  void gone(std::string_view identity, bool waited, Room& room) noexcept;
  /// It has come back.
  void returned(std::string_view identity) noexcept;

 private:
  enum class Answer : std::uint8_t { none_yet, kept, lost, never_happened };
  struct Client {
    std::uint64_t last = 0;  ///< request
    Answer state = Answer::none_yet;
    bool binds = false;
    std::vector<std::byte> answer = {};
    bool gone = false;
  };
  using Clients = std::map<std::string, Client, std::less<>>;
  void forget(Clients::iterator client, Room& room) noexcept;
  // Its answer, if there is one, is not kept any more.
  void lose(Client& client, Room& room) noexcept;
  void keep_to_limits(Room& room) noexcept;

  Clients clients_;
  std::deque<std::string> gone_;  // whose connection has ended; the longest first
  std::size_t gone_bytes_ = 0;    // of their answers
};

}  // namespace share::manager
