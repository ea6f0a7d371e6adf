#include "queue_object.hpp"

#include <new>

#include "item.hpp"

namespace share::manager {

using protocol::Status;

const Method<QueueObject> QueueObject::kMethods[] = {
    {"put", 2, 2, &QueueObject::put},
    {"get", 1, 1, &QueueObject::get},
    {"confirm", 1, 1, &QueueObject::confirm},
    {"len", 0, 0, &QueueObject::len},
    {"maxsize", 0, 0, &QueueObject::most},
    {"close", 0, 0, &QueueObject::close},
    {"task_done", 0, 0, &QueueObject::task_done},
    {"join", 1, 1, &QueueObject::join},
};

Status QueueObject::call(std::string_view method, MethodCall call) {
  if (!joinable_ && (method == "task_done" || method == "join")) return Status::no_such_method;
  return call_method<QueueObject>(kMethods, *this, method, call);
}

/// Item and timeout. `full` when there was no room in time.
Status QueueObject::put(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[1], timeout); status != Status::ok) {
    return status;
  }
  if (closed_) return Status::closed;
  Datum& item = call.arguments[0];
  const std::size_t bytes = item.memory_bytes();
  if (const Status status = admit(item, call.host.room); status != Status::ok) return status;
  if (has_room()) {
    add(std::move(item));
    try {
      settle(call.host.waits);
    } catch (const std::bad_alloc&) {
      // The item is in the queue all the same; whoever waits gets it with the next call.
    }
    return Status::ok;
  }
  const Status status = call.park(timeout, Status::full);
  if (status == Status::waiting) {
    putting_.push(call.caller, std::move(item));
  } else {
    call.host.room.give(bytes);
  }
  return status;
}

/// Timeout. The first item, to be confirmed; `empty` when there was none in time.
Status QueueObject::get(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  if (taken_.contains(call.caller)) return Status::malformed;  // a number used twice
  if (!items_.empty()) {
    call.result = take_for(call.caller);
    settle(call.host.waits);
    // In a batch nobody learns the number to confirm: it has arrived with the batch's answer.
    return call.may_wait ? Status::ok : confirm_taken(call.caller, call.host);
  }
  if (none_can_come()) return Status::closed;
  const Status status = call.park(timeout, Status::empty);
  if (status == Status::waiting) getting_.push(call.caller, {});
  return status;
}

/// The number of the caller's `get`: its item has arrived. `no_such_item` when it was put back.
Status QueueObject::confirm(MethodCall& call) {
  const auto* request = std::get_if<std::int64_t>(&call.arguments[0].content());
  if (request == nullptr) return Status::wrong_type;
  return confirm_taken({call.caller.client, static_cast<std::uint64_t>(*request)}, call.host);
}

Status QueueObject::confirm_taken(Caller caller, Host& host) {
  const auto taken = taken_.find(caller);
  if (taken == taken_.end()) return Status::no_such_item;
  host.room.give(taken->second.memory_bytes());
  taken_.erase(taken);
  if (none_can_come()) refuse_getters(host.waits);
  return Status::ok;
}

Status QueueObject::len(MethodCall& call) {
  call.result = static_cast<std::int64_t>(items_.size());
  return Status::ok;
}

Status QueueObject::most(MethodCall& call) {
  call.result = static_cast<std::int64_t>(most_);
  return Status::ok;
}

/// Nothing can be put any more; what is there can be taken.
Status QueueObject::close(MethodCall& call) {
  closed_ = true;
  Waits& waits = call.host.waits;
  while (!putting_.empty()) {
    const Waiter<Datum> refused = putting_.pop();
    call.host.room.give(refused.kept.memory_bytes());
    waits.answer(refused.caller, Status::closed);
  }
  if (none_can_come()) refuse_getters(waits);
  return Status::ok;
}

void QueueObject::refuse_getters(Waits& waits) {
  while (!getting_.empty()) waits.answer(getting_.pop().caller, Status::closed);
}

/// One item is finished; `not_held` when more are than were put.
Status QueueObject::task_done(MethodCall& call) {
  if (unfinished_ == 0) return Status::not_held;
  if (--unfinished_ > 0) return Status::ok;
  while (!joining_.empty()) call.host.waits.answer(joining_.pop().caller, Datum(true));
  return Status::ok;
}

/// Timeout. Whether all items that were put are finished.
Status QueueObject::join(MethodCall& call) {
  std::chrono::nanoseconds timeout{};
  if (const Status status = call.read_timeout(call.arguments[0], timeout); status != Status::ok) {
    return status;
  }
  call.result = unfinished_ == 0;
  if (unfinished_ == 0) return Status::ok;
  const Status status = call.park(timeout, Status::ok);
  if (status == Status::waiting) joining_.push(call.caller, {});
  return status;
}

void QueueObject::timed_out(Caller caller, Host& host) {
  if (const auto item = putting_.take(caller)) {
    host.room.give(item->memory_bytes());
    host.waits.answer(caller, Status::full);
  } else if (getting_.take(caller)) {
    host.waits.answer(caller, Status::empty);
  } else if (joining_.take(caller)) {
    host.waits.answer(caller, Datum(false));
  }
}

void QueueObject::cancelled(Caller caller, Host& host) {
  if (const auto item = putting_.take(caller)) {
    host.room.give(item->memory_bytes());
  } else if (const auto taken = taken_.find(caller); taken != taken_.end()) {
    put_back(taken);
    settle(host.waits);
  } else if (!getting_.take(caller)) {
    joining_.take(caller);
  }
}

void QueueObject::client_gone(std::uint64_t client, Host& host) {
  for (const Datum& item : putting_.drop_client(client)) host.room.give(item.memory_bytes());
  getting_.drop_client(client);
  joining_.drop_client(client);
  // The newest first, so that the oldest ends at the front.
  for (auto taken = taken_.upper_bound({client, UINT64_MAX}); taken != taken_.begin();) {
    --taken;
    if (taken->first.client != client) break;
    const auto after = std::next(taken);
    put_back(taken);
    taken = after;
  }
  settle(host.waits);
}

void QueueObject::dropped(Room& room) noexcept {
  for (const Datum& item : items_) room.give(item.memory_bytes());
  for (const auto& [caller, item] : taken_) room.give(item.memory_bytes());
  items_.clear();
  taken_.clear();
  while (!putting_.empty()) room.give(putting_.pop().kept.memory_bytes());
}

void QueueObject::add(Datum item) {
  items_.push_back(std::move(item));
  ++unfinished_;
}

Datum QueueObject::take_for(Caller caller) {
  Datum item = items_.front();  // what needs memory comes first
  taken_.emplace(caller, std::move(items_.front()));
  items_.pop_front();
  return item;
}

void QueueObject::put_back(std::map<Caller, Datum>::iterator taken) {
  items_.push_front(std::move(taken->second));
  taken_.erase(taken);
}

void QueueObject::settle(Waits& waits) {
  for (;;) {
    if (!getting_.empty() && !items_.empty()) {
      const Caller next = getting_.front().caller;
      Datum item = take_for(next);
      getting_.pop();
      waits.answer(next, std::move(item));
    } else if (!putting_.empty() && has_room()) {
      Waiter<Datum> next = putting_.pop();
      add(std::move(next.kept));
      waits.answer(next.caller, Datum());
    } else {
      return;
    }
  }
}

}  // namespace share::manager
