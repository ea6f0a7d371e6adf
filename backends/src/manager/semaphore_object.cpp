#include "semaphore_object.hpp"

#include <algorithm>

namespace share::manager {

using protocol::Status;

const Method<SemaphoreObject> SemaphoreObject::kMethods[] = {
    {"acquire", 1, 1, &SemaphoreObject::acquire},
    {"release", 0, 1, &SemaphoreObject::release},
    {"value", 0, 0, &SemaphoreObject::value},
};

Status SemaphoreObject::call(std::string_view method, MethodCall call) {
  return call_method<SemaphoreObject>(kMethods, *this, method, call);
}

/// Whether it got a unit in time.
Status SemaphoreObject::acquire(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  call.result = free_ > 0;
  if (free_ > 0) {
    give_to(call.caller);
    return Status::ok;
  }
  const Status status = call.park(timeout, Status::ok);
  if (status == Status::waiting) waiting_.push(call.caller, {});
  return status;
}

/// One unit, or several. They count as the caller's own first, then as those of the clients that
/// hold any: a semaphore may be released by another client than the one that acquired.
Status SemaphoreObject::release(MethodCall& call) {
  std::int64_t units = 1;
  if (!call.arguments.empty()) {
    const auto* given = std::get_if<std::int64_t>(&call.arguments[0].content());
    if (given == nullptr) return Status::wrong_type;
    if (*given < 1) return Status::out_of_range;
    units = *given;
  }
  const std::int64_t held_by_all = held();
  if (most_ != INT64_MAX && units > held_by_all) return Status::not_held;
  if (units - std::min(units, held_by_all) > most_ - free_ - held_by_all) {
    return Status::out_of_range;
  }
  std::int64_t rest = units;
  const auto own = held_.find(call.caller.client);
  if (own != held_.end()) {
    const std::int64_t part = std::min(rest, own->second.units);
    take_back(call.caller.client, part);
    rest -= part;
  }
  while (rest > 0 && !held_.empty()) {
    const auto [client, held] = *held_.begin();
    const std::int64_t part = std::min(rest, held.units);
    take_back(client, part);
    rest -= part;
  }
  add(units, call.host.waits);
  return Status::ok;
}

Status SemaphoreObject::value(MethodCall& call) {
  call.result = free_;
  return Status::ok;
}

void SemaphoreObject::timed_out(Caller caller, Host& host) {
  if (waiting_.take(caller)) host.waits.answer(caller, Datum(false));
}

void SemaphoreObject::cancelled(Caller caller, Host& host) {
  if (waiting_.take(caller)) return;
  const auto holder = held_.find(caller.client);
  if (holder == held_.end() || holder->second.last_request != caller.request) return;
  holder->second.last_request = 0;
  take_back(caller.client, 1);
  add(1, host.waits);
}

void SemaphoreObject::client_gone(std::uint64_t client, Host& host) {
  waiting_.drop_client(client);
  const auto holder = held_.find(client);
  if (holder == held_.end()) return;
  const std::int64_t units = holder->second.units;
  held_.erase(holder);
  add(units, host.waits);
}

void SemaphoreObject::give_to(Caller caller) {
  Held& held = held_[caller.client];
  ++held.units;
  held.last_request = caller.request;
  --free_;
}

void SemaphoreObject::take_back(std::uint64_t client, std::int64_t units) noexcept {
  const auto holder = held_.find(client);
  holder->second.units -= units;
  if (holder->second.units == 0) held_.erase(holder);
}

void SemaphoreObject::add(std::int64_t units, Waits& waits) {
  free_ += units;
  while (free_ > 0 && !waiting_.empty()) {
    const Caller next = waiting_.pop().caller;
    give_to(next);
    waits.answer(next, Datum(true));
  }
}

std::int64_t SemaphoreObject::held() const noexcept {
  std::int64_t units = 0;
  for (const auto& [client, held] : held_) units += held.units;
  return units;
}

}  // namespace share::manager
