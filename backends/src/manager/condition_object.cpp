#include "condition_object.hpp"

namespace share::manager {

using protocol::Status;

const Method<ConditionObject> ConditionObject::kMethods[] = {
    {"acquire", 1, 1, &ConditionObject::acquire},
    {"release", 0, 0, &ConditionObject::release},
    {"holder", 0, 0, &ConditionObject::holder},
    {"wait", 1, 1, &ConditionObject::wait},
    {"notify", 0, 1, &ConditionObject::notify},
    {"notify_all", 0, 0, &ConditionObject::notify_all},
};

Status ConditionObject::call(std::string_view method, MethodCall call) {
  return call_method<ConditionObject>(kMethods, *this, method, call);
}

/// Gives the lock up, waits for a notification, takes the lock again. The bits of ownership.hpp;
/// `kAcquired` says that there was a notification in time.
Status ConditionObject::wait(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  if (!ownership_.held_by(call.caller.client)) return Status::not_held;
  call.result = 0;
  const Status status = call.park(timeout, Status::ok);
  if (status != Status::waiting) return status;
  waiting_.push(call.caller, ownership_.levels());
  ownership_.give_up(call.host.waits);
  return status;
}

/// Wakes the calls that wait longest: one, or so many. How many it woke.
Status ConditionObject::notify(MethodCall& call) {
  std::int64_t most = 1;
  if (!call.arguments.empty()) {
    const auto* given = std::get_if<std::int64_t>(&call.arguments[0].content());
    if (given == nullptr) return Status::wrong_type;
    if (*given < 0) return Status::out_of_range;
    most = *given;
  }
  if (!ownership_.held_by(call.caller.client)) return Status::not_held;
  call.result = wake(static_cast<std::size_t>(most), call.host.waits);
  return Status::ok;
}

std::size_t ConditionObject::wake(std::size_t most, Waits& waits) {
  std::size_t woken = 0;
  for (; woken < most && !waiting_.empty(); ++woken) {
    const Waiter<std::uint32_t> next = waiting_.pop();
    ownership_.give_back(next.caller, kAcquired, next.kept, waits);
  }
  return woken;
}

Status ConditionObject::notify_all(MethodCall& call) {
  call.arguments.assign(1, INT64_MAX);
  return notify(call);
}

void ConditionObject::timed_out(Caller caller, Host& host) {
  if (const auto levels = waiting_.take(caller)) {
    ownership_.give_back(caller, 0, *levels, host.waits);
  } else {
    ownership_.timed_out(caller, host.waits);
  }
}

void ConditionObject::cancelled(Caller caller, Host& host) {
  if (!waiting_.take(caller)) wake(ownership_.cancelled(caller, host.waits), host.waits);
}

void ConditionObject::client_gone(std::uint64_t client, Host& host) {
  waiting_.drop_client(client);
  wake(ownership_.client_gone(client, host.waits), host.waits);
}

}  // namespace share::manager
