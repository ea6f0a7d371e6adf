#include <share/manager/waits.hpp>

namespace share::manager {

bool Waits::park(Caller caller, std::uint64_t object, Clock::time_point deadline) {
  auto& calls = parked_[caller.client];
  if (calls.size() >= kMaxWaitsOfClient || calls.contains(caller.request)) return false;
  const auto told = deadlines_.emplace(deadline, caller).first;
  try {
    calls.emplace(caller.request, Parked{object, told});
    by_object_.emplace(object, caller);
  } catch (...) {
    deadlines_.erase(told);
    calls.erase(caller.request);
    throw;
  }
  return true;
}

void Waits::answer(Caller caller, protocol::Status status, Datum result) {
  const auto object = object_of(caller);
  if (!object) return;
  due_.push_back({caller, *object, status, std::move(result)});
  forget(caller);
}

void Waits::forget(Caller caller) noexcept {
  const auto calls = parked_.find(caller.client);
  if (calls == parked_.end()) return;
  const auto call = calls->second.find(caller.request);
  if (call == calls->second.end()) return;
  if (call->second.deadline != deadlines_.end()) deadlines_.erase(call->second.deadline);
  by_object_.erase({call->second.object, caller});
  calls->second.erase(call);
  if (calls->second.empty()) parked_.erase(calls);
}

void Waits::forget_client(std::uint64_t client) noexcept {
  const auto calls = parked_.find(client);
  if (calls == parked_.end()) return;
  for (const auto& [request, call] : calls->second) {
    if (call.deadline != deadlines_.end()) deadlines_.erase(call.deadline);
    by_object_.erase({call.object, Caller{client, request}});
  }
  parked_.erase(calls);
}

std::optional<std::uint64_t> Waits::object_of(Caller caller) const noexcept {
  const auto calls = parked_.find(caller.client);
  if (calls == parked_.end()) return std::nullopt;
  const auto call = calls->second.find(caller.request);
  if (call == calls->second.end()) return std::nullopt;
  return call->second.object;
}

std::optional<Caller> Waits::call_for(std::uint64_t object) const noexcept {
  const auto first = by_object_.lower_bound({object, Caller{}});
  if (first == by_object_.end() || first->first != object) return std::nullopt;
  return first->second;
}

std::optional<Waits::Clock::time_point> Waits::next_deadline() const noexcept {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

std::optional<std::pair<Caller, std::uint64_t>> Waits::next_expired(
    Clock::time_point now) noexcept {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
  const Caller caller = deadlines_.begin()->second;
  deadlines_.erase(deadlines_.begin());
  Parked& call = parked_.at(caller.client).at(caller.request);
  call.deadline = deadlines_.end();
  return std::pair(caller, call.object);
}

std::optional<Waits::Answer> Waits::next_answer() noexcept {
  if (due_.empty()) return std::nullopt;
  std::optional<Answer> answer(std::move(due_.front()));
  due_.pop_front();
  return answer;
}

}  // namespace share::manager
