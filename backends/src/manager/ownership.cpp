#include "ownership.hpp"

#include <algorithm>

namespace share::manager {

using protocol::Status;

Status Ownership::acquire(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  if (holder_ == 0) {
    call.result = take(call.caller, {});
    return Status::ok;
  }
  if (recursive_ && held_by(call.caller.client)) {
    if (levels_ == UINT32_MAX) return Status::out_of_range;
    ++levels_;
    last_request_ = call.caller.request;
    last_levels_ = 1;
    call.result = kAcquired;
    return Status::ok;
  }
  call.result = 0;
  const Status status = call.park(timeout, Status::ok);
  if (status == Status::waiting) waiting_.push(call.caller, {});
  return status;
}

Status Ownership::release(MethodCall& call) {
  if (!held_by(call.caller.client)) return Status::not_held;
  release(1, call.host.waits);
  return Status::ok;
}

Status Ownership::holder(MethodCall& call) const {
  if (holder_ == 0) return Status::ok;
  const Clients::Client* client = call.host.clients.at(holder_);
  call.result = client == nullptr ? std::uint64_t{0} : client->pid;
  return Status::ok;
}

void Ownership::give_back(Caller caller, std::int64_t bits, std::uint32_t levels, Waits& waits) {
  const Claim claim{bits, levels, true};
  if (holder_ == 0) {
    waits.answer(caller, Datum(take(caller, claim)));
  } else {
    waiting_.push(caller, claim);
  }
}

std::uint32_t Ownership::give_up(Waits& waits) {
  const std::uint32_t levels = levels_;
  release(levels, waits);
  return levels;
}

void Ownership::timed_out(Caller caller, Waits& waits) {
  const auto claim = waiting_.take_if(caller, [](const Claim& c) { return !c.patient; });
  if (claim) waits.answer(caller, Datum(0));
}

std::size_t Ownership::cancelled(Caller caller, Waits& waits) {
  if (const auto claim = waiting_.take(caller)) return claim->told() ? 1 : 0;
  if (held_by(caller.client) && last_request_ == caller.request) {
    release(std::min(last_levels_, levels_), waits);
  }
  return 0;
}

std::size_t Ownership::client_gone(std::uint64_t client, Waits& waits) {
  std::size_t untold = 0;
  for (const Claim& claim : waiting_.drop_client(client)) untold += claim.told() ? 1U : 0U;
  if (held_by(client)) {
    owner_died_ = true;
    release(levels_, waits);
  }
  return untold;
}

std::int64_t Ownership::take(Caller caller, const Claim& claim) noexcept {
  holder_ = caller.client;
  levels_ = claim.levels;
  last_request_ = caller.request;
  last_levels_ = claim.levels;
  return claim.bits | (std::exchange(owner_died_, false) ? kOwnerDied : 0);
}

void Ownership::release(std::uint32_t levels, Waits& waits) {
  last_request_ = 0;
  levels_ -= levels;
  if (levels_ > 0) return;
  holder_ = 0;
  if (waiting_.empty()) return;
  const Waiter<Claim> next = waiting_.pop();
  const std::int64_t bits = take(next.caller, next.kept);
  waits.answer(next.caller, Datum(bits));
}

}  // namespace share::manager
