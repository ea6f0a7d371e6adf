// Parked calls of one object in the order in which they came.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <share/manager/waits.hpp>
#include <utility>
#include <vector>

namespace share::manager {

/// A parked call and what its object keeps for it.
template <class Kept>
struct Waiter {
  Caller caller;
  Kept kept;
};

template <class Kept>
class WaitQueue {
 public:
  bool empty() const noexcept { return waiters_.empty(); }
  std::size_t size() const noexcept { return waiters_.size(); }
  void push(Caller caller, Kept kept) { waiters_.push_back({caller, std::move(kept)}); }
  const Waiter<Kept>& front() const { return waiters_.front(); }
  Waiter<Kept> pop() {
    Waiter<Kept> first = std::move(waiters_.front());
    waiters_.pop_front();
    return first;
  }
  /// Takes a call out; nullopt when it is not here.
  std::optional<Kept> take(Caller caller) {
    return take_if(caller, [](const Kept&) { return true; });
  }
  /// Leaves it when `condition(kept)` does not hold.
  template <class Condition>
  std::optional<Kept> take_if(Caller caller, Condition condition) {
    const auto at = std::ranges::find(waiters_, caller, &Waiter<Kept>::caller);
    if (at == waiters_.end() || !condition(at->kept)) return std::nullopt;
    std::optional<Kept> kept(std::move(at->kept));
    waiters_.erase(at);
    return kept;
  }
  /// Drops the calls of a client; returns what was kept for them.
  std::vector<Kept> drop_client(std::uint64_t client) {
    std::vector<Kept> dropped;
    std::erase_if(waiters_, [&](Waiter<Kept>& waiter) {
      const bool its_own = waiter.caller.client == client;
      if (its_own) dropped.push_back(std::move(waiter.kept));
      return its_own;
    });
    return dropped;
  }

 private:
  std::deque<Waiter<Kept>> waiters_;
};

/// What is kept for a call that needs no more than its turn.
struct Nothing {};

}  // namespace share::manager
