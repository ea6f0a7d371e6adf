// Calls that wait in a manager's server: for a lock to be released, for an item to come. Such a
// call is parked with its deadline and answered later, by the call of another client, by its
// deadline, or never, when its client has gone; meanwhile the server serves others. Which call is
// next is the object's business. It lives in the server's one thread. park() and answer() throw
// std::bad_alloc.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <share/manager/datum.hpp>
#include <share/manager/protocol.hpp>
#include <utility>

namespace share::manager {

/// One call, as the server knows it: the client's number and the client's number for the request.
struct Caller {
  std::uint64_t client = 0;
  std::uint64_t request = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison with 0 for a pointer
  friend auto operator<=>(const Caller&, const Caller&) = default;
};

/// Calls of one client that may wait at a time.
inline constexpr std::size_t kMaxWaitsOfClient = 1024;

class Waits {
 public:
  using Clock = std::chrono::steady_clock;

  struct Answer {
    Caller caller;
    std::uint64_t object = 0;
    protocol::Status status{};
    Datum result;
  };

  /// False when the client has too many waiting, or this one twice.
  [[nodiscard]] bool park(Caller caller, std::uint64_t object, Clock::time_point deadline);
  /// Ends the wait of a parked call; does nothing for a call that is not parked.
  void answer(Caller caller, protocol::Status status, Datum result = {});
  void answer(Caller caller, Datum result) {
    answer(caller, protocol::Status::ok, std::move(result));
  }
  /// Ends the wait without an answer.
  void forget(Caller caller) noexcept;
  void forget_client(std::uint64_t client) noexcept;

  /// The object for which a call waits; nullopt when it does not.
  std::optional<std::uint64_t> object_of(Caller caller) const noexcept;
  /// Some call that waits for the object.
  std::optional<Caller> call_for(std::uint64_t object) const noexcept;
  std::optional<Clock::time_point> next_deadline() const noexcept;
  /// A call whose deadline has passed, and its object. It stays parked (an object may first have to
  /// give it something back, as a condition its lock), but its deadline is told once.
  std::optional<std::pair<Caller, std::uint64_t>> next_expired(Clock::time_point now) noexcept;
  /// Answers to be sent, oldest first.
  std::optional<Answer> next_answer() noexcept;

 private:
  using Deadlines = std::set<std::pair<Clock::time_point, Caller>>;
  struct Parked {
    std::uint64_t object;
    Deadlines::iterator deadline;  // end(): told already
  };

  Deadlines deadlines_;
  std::map<std::uint64_t, std::map<std::uint64_t, Parked>> parked_;  // by client, by request
  std::set<std::pair<std::uint64_t, Caller>> by_object_;             // the same
  std::deque<Answer> due_;
};

}  // namespace share::manager
