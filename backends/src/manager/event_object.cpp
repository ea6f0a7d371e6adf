#include "event_object.hpp"

namespace share::manager {

using protocol::Status;

const Method<EventObject> EventObject::kMethods[] = {
    {"set", 0, 0, &EventObject::set},
    {"clear", 0, 0, &EventObject::clear},
    {"is_set", 0, 0, &EventObject::is_set},
    {"wait", 1, 1, &EventObject::wait},
};

Status EventObject::call(std::string_view method, MethodCall call) {
  return call_method<EventObject>(kMethods, *this, method, call);
}

Status EventObject::set(MethodCall& call) {
  set_ = true;
  while (!waiting_.empty()) call.host.waits.answer(waiting_.pop().caller, Datum(true));
  return Status::ok;
}

Status EventObject::clear(MethodCall&) {
  set_ = false;
  return Status::ok;
}

Status EventObject::is_set(MethodCall& call) {
  call.result = set_;
  return Status::ok;
}

/// Whether it was set in time.
Status EventObject::wait(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  call.result = set_;
  if (set_) return Status::ok;
  const Status status = call.park(timeout, Status::ok);
  if (status == Status::waiting) waiting_.push(call.caller, {});
  return status;
}

void EventObject::timed_out(Caller caller, Host& host) {
  if (waiting_.take(caller)) host.waits.answer(caller, Datum(false));
}

}  // namespace share::manager
