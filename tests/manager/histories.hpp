// Checks of recorded histories: whether what several processes saw of one object could have been
// the work of one process after the other (linearizability; Herlihy and Wing, 1990), each operation
// somewhere between its call and its return. An operation whose process was killed in the middle
// never returns: it took effect at some time after its call, or never.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace share::manager {

enum class Action : std::uint8_t { add, get, set, compare_and_set, put, take, acquire, release };

/// `end` of an operation that never returned.
inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

/// One operation as its process saw it; times by one clock of the machine.
struct Event {
  std::uint64_t begin = 0;
  std::uint64_t end = kNever;
  Action action{};
  std::int64_t key = 0;
  std::int64_t argument = 0;
  std::int64_t other = 0;   ///< compare_and_set: the new value
  std::int64_t result = 0;  ///< only when it returned
  std::int64_t process = 0;
  bool returned() const { return end != kNever; }
};

using History = std::vector<Event>;

/// Empty when the history is as it should be, else what is wrong.
using Fault = std::string;

namespace detail {

inline std::string at(const Event& e) {
  return std::to_string(e.begin) + ".." + std::to_string(e.end);
}

/// Event indices in the order of their ends.
inline std::vector<std::size_t> by_end(const History& history) {
  std::vector<std::size_t> order(history.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return history[i].end; });
  return order;
}

}  // namespace detail

/// A counter from 0 to which every operation adds 1 and gets what was there before: exact and fast.
/// @param last the counter's value at the end.
inline Fault check_counter(History history, std::int64_t last) {
  std::ranges::sort(history, {}, &Event::begin);
  const std::vector<std::size_t> ends = detail::by_end(history);
  std::set<std::int64_t> seen;
  std::int64_t highest_ended = -1;
  std::size_t next_end = 0;
  for (const Event& e : history) {
    for (; next_end < ends.size() && history[ends[next_end]].end < e.begin; ++next_end)
      highest_ended = std::max(highest_ended, history[ends[next_end]].result);
    if (!e.returned()) continue;
    if (!seen.insert(e.result).second) return "two got " + std::to_string(e.result);
    if (e.result <= highest_ended) {
      return "got " + std::to_string(e.result) + " after " + std::to_string(highest_ended);
    }
    if (e.result < 0 || e.result >= last)
      return "got " + std::to_string(e.result) + " of " + std::to_string(last);
  }
  const auto returned = static_cast<std::int64_t>(seen.size());
  const auto pending = static_cast<std::int64_t>(history.size()) - returned;
  if (last < returned || last > returned + pending) {
    return std::to_string(last) + " at the end of " + std::to_string(returned) + " additions and " +
           std::to_string(pending) + " unknown ones";
  }
  return {};
}

/// A lock: `acquire` and `release` of one process follow each other. One that was killed as holder,
/// or while it acquired, held the lock at most until its death.
/// @param deaths of processes: when they were still alive for the last time.
inline Fault check_lock(const History& history,
                        const std::map<std::int64_t, std::uint64_t>& deaths) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held;  // for certain: from, to
  std::map<std::int64_t, History> of_process;
  for (const Event& e : history) of_process[e.process].push_back(e);
  for (auto& [process, events] : of_process) {
    std::ranges::sort(events, {}, &Event::begin);
    std::optional<std::uint64_t> since;
    for (const Event& e : events) {
      if (e.action == Action::acquire && e.returned()) since = e.end;
      if (e.action == Action::release && since) {
        held.emplace_back(*since, e.begin);
        since.reset();
      }
    }
    if (since) {
      const auto death = deaths.find(process);
      if (death == deaths.end()) return "process " + std::to_string(process) + " kept the lock";
      held.emplace_back(*since, std::max(*since, death->second));
    }
  }
  std::ranges::sort(held);
  for (std::size_t i = 1; i < held.size(); ++i) {
    if (held[i].first < held[i - 1].second) {
      return "two held it at " + std::to_string(held[i].first);
    }
  }
  return {};
}

/// A queue of different values: each is taken once, after it was put, and those that were put one
/// after the other are taken in that order. Killed takers may each have put one value back.
/// @param killed takers.
inline Fault check_queue(const History& history, std::size_t killed) {
  std::map<std::int64_t, Event> put, taken;
  for (const Event& e : history) {
    if (e.action == Action::put) put.emplace(e.argument, e);
    if (e.action != Action::take || !e.returned()) continue;
    if (!taken.emplace(e.result, e).second) return "taken twice: " + std::to_string(e.result);
  }
  std::size_t missing = 0;
  std::vector<std::pair<Event, Event>> both;  // put, taken
  for (const auto& [value, take] : taken) {
    const auto from = put.find(value);
    if (from == put.end()) return "never put: " + std::to_string(value);
    if (take.end < from->second.begin) return "taken before it was put: " + std::to_string(value);
    both.emplace_back(from->second, take);
  }
  for (const auto& [value, event] : put) missing += event.returned() && !taken.contains(value);
  if (missing > killed) return std::to_string(missing) + " values are missing";
  // A value is late when one that was put after it, for certain, was taken before it, for certain.
  std::ranges::sort(both, {}, [](const auto& pair) { return pair.first.begin; });
  std::vector<std::uint64_t> first_end(both.size() + 1, kNever);  // of the takes from an index on
  for (std::size_t i = both.size(); i > 0; --i)
    first_end[i - 1] = std::min(first_end[i], both[i - 1].second.end);
  std::size_t late = 0;
  for (const auto& [from, take] : both) {
    const auto after = std::ranges::upper_bound(both, from.end, {},
                                                [](const auto& pair) { return pair.first.begin; });
    late += first_end[static_cast<std::size_t>(after - both.begin())] < take.begin;
  }
  // One that came back from a killed taker is late.
  if (late > killed) return std::to_string(late) + " values were overtaken";
  return {};
}

/// A value that is set, got, added to and compared: by keeping every state in which it may be (just
/// in time, after Lowe, "Testing for linearizability", 2017). For histories of few processes.
inline Fault check_register(History history, std::int64_t first) {
  struct Step {
    std::uint64_t time;
    bool is_end;
    std::size_t event;
  };
  std::vector<Step> steps;
  for (std::size_t i = 0; i < history.size(); ++i) {
    steps.push_back({history[i].begin, false, i});
    if (history[i].returned()) steps.push_back({history[i].end, true, i});
  }
  // At equal times calls come first: those operations overlap.
  std::ranges::sort(steps, [](const Step& a, const Step& b) {
    return std::tie(a.time, a.is_end) < std::tie(b.time, b.is_end);
  });
  // The value after an operation; nullopt when its result does not fit.
  const auto apply = [](const Event& e, std::int64_t value) -> std::optional<std::int64_t> {
    const auto fits = [&](std::int64_t result) { return !e.returned() || e.result == result; };
    switch (e.action) {
      case Action::get:
        return fits(value) ? std::optional(value) : std::nullopt;
      case Action::set:
        return e.argument;
      case Action::add:
        return fits(value) ? std::optional(value + e.argument) : std::nullopt;
      case Action::compare_and_set: {
        const bool equal = value == e.argument;
        return fits(equal) ? std::optional(equal ? e.other : value) : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  };
  // A state: the value, and which of the running operations have taken effect.
  using State = std::pair<std::int64_t, std::set<std::size_t>>;
  std::set<State> states = {{first, {}}};
  std::set<std::size_t> running;
  for (const Step& step : steps) {
    if (!step.is_end) {
      const Event& called = history[step.event];
      // A get that nobody saw the result of explains nothing.
      if (called.returned() || called.action != Action::get) running.insert(step.event);
      continue;
    }
    std::set<State> done;
    std::set<State> visited;
    std::vector<State> open(states.begin(), states.end());
    while (!open.empty()) {
      State state = std::move(open.back());
      open.pop_back();
      if (!visited.insert(state).second) continue;
      if (state.second.contains(step.event)) {
        done.insert(state);
        continue;
      }
      for (const std::size_t next : running) {
        if (state.second.contains(next)) continue;
        const auto value = apply(history[next], state.first);
        if (!value) continue;
        State after = state;
        after.first = *value;
        after.second.insert(next);
        open.push_back(std::move(after));
      }
    }
    if (done.empty())
      return "no order explains the operation at " + detail::at(history[step.event]);
    running.erase(step.event);
    states.clear();
    for (State state : done) {
      state.second.erase(step.event);
      states.insert(std::move(state));
    }
  }
  return {};
}

}  // namespace share::manager
