#include "barrier_object.hpp"

namespace share::manager {

using protocol::Status;

const Method<BarrierObject> BarrierObject::kMethods[] = {
    {"wait", 1, 1, &BarrierObject::wait},       {"abort", 0, 0, &BarrierObject::abort},
    {"reset", 0, 0, &BarrierObject::reset},     {"broken", 0, 0, &BarrierObject::is_broken},
    {"parties", 0, 0, &BarrierObject::parties}, {"waiting", 0, 0, &BarrierObject::waiting},
};

Status BarrierObject::call(std::string_view method, MethodCall call) {
  return call_method<BarrierObject>(kMethods, *this, method, call);
}

/// Its place among the calls that met, from 0: each is there once.
Status BarrierObject::wait(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  if (broken_) return Status::broken;
  if (waiting_.size() + 1 == parties_) {
    for (std::int64_t place = 0; !waiting_.empty(); ++place)
      call.host.waits.answer(waiting_.pop().caller, Datum(place));
    call.result = static_cast<std::int64_t>(parties_) - 1;
    return Status::ok;
  }
  const Status status = call.park(timeout, Status::broken);
  if (status == Status::waiting) waiting_.push(call.caller, {});
  if (status == Status::broken) break_up(call.host.waits);
  return status;
}

Status BarrierObject::abort(MethodCall& call) {
  break_up(call.host.waits);
  return Status::ok;
}

/// Empty and whole again; calls that wait are refused as `broken`.
Status BarrierObject::reset(MethodCall& call) {
  break_up(call.host.waits);
  broken_ = false;
  return Status::ok;
}

Status BarrierObject::is_broken(MethodCall& call) {
  call.result = broken_;
  return Status::ok;
}

Status BarrierObject::parties(MethodCall& call) {
  call.result = static_cast<std::int64_t>(parties_);
  return Status::ok;
}

Status BarrierObject::waiting(MethodCall& call) {
  call.result = static_cast<std::int64_t>(waiting_.size());
  return Status::ok;
}

void BarrierObject::timed_out(Caller, Host& host) { break_up(host.waits); }

void BarrierObject::cancelled(Caller caller, Host& host) {
  if (waiting_.take(caller)) break_up(host.waits);
}

void BarrierObject::client_gone(std::uint64_t client, Host& host) {
  if (!waiting_.drop_client(client).empty()) break_up(host.waits);
}

void BarrierObject::break_up(Waits& waits) {
  broken_ = true;
  while (!waiting_.empty()) waits.answer(waiting_.pop().caller, Status::broken);
}

}  // namespace share::manager
