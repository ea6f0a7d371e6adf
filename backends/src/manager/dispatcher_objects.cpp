#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "dispatcher_call.hpp"

namespace share::manager {

using protocol::Status;

Status Dispatcher::create_object(Call& call) {
  std::optional<std::string_view> name;
  std::string_view class_name;
  if (const Status status = read_new_name(call, name); status != Status::ok) return status;
  if (!call.arguments.text(class_name)) return Status::malformed;
  Datum arguments(Datum::List{});
  if (!call.arguments.at_end()) {
    if (call.arguments.next() != msgpack::Type::array) return Status::malformed;
    if (const Status status = read_datum(call.arguments, arguments, &objects_);
        status != Status::ok) {
      return status;
    }
    if (!call.arguments.at_end()) return Status::malformed;
  }
  std::uint64_t number = 0;
  try {
    const Status status = objects_.create_served(
        name, class_name, std::get<Datum::List>(arguments.content()), number);
    if (status != Status::ok) return status;
    if (!name && !hold_new(call, number)) return Status::too_large;
    call.accept(number);
    return status;
  } catch (const std::bad_alloc&) {
    return Status::too_large;
  } catch (const std::exception& error) {
    return call.fail(error.what());
  } catch (...) {  // what a custom class throws must not end the server
    return call.fail("something that is no std::exception");
  }
}

Status Dispatcher::call_method(Call& call) {
  MethodArguments method;
  if (const Status status = read_method(call.arguments, method); status != Status::ok) {
    return status;
  }
  if (!call.arguments.at_end()) return Status::malformed;
  Datum result;
  std::string failure;
  const Caller who = caller(call, call.header.request);
  const Status status =
      run_method(call.header.object, method,
                 {.who = who, .may_wait = true, .most_bytes = kMaxResultBytes}, result, failure);
  if (status == Status::failed) return call.fail(failure);
  if (status != Status::ok) return status;
  if (objects_.has_kept()) objects_.hold_all(who.client, result);
  call.accept();
  write_datum(call.reply, result);
  return Status::ok;
}

Status Dispatcher::read_method(msgpack::Reader& from, MethodArguments& method) {
  if (!from.text(method.name) || from.next() != msgpack::Type::array) return Status::malformed;
  try {
    return read_datum(from, method.arguments, &objects_);
  } catch (const std::bad_alloc&) {
    return Status::too_large;
  }
}

Status Dispatcher::run_method(std::uint64_t number, MethodArguments& method,
                              const MethodLimits& limits, Datum& result, std::string& failure) {
  Object* object = objects_.at(number);
  if (object == nullptr) return Status::no_such_object;
  if (!object->served) return Status::wrong_type;
  Host& host = objects_.host();
  const Room before = host.room;
  try {
    const Status status = object->served->call(
        method.name, {.arguments = std::get<Datum::List>(method.arguments.content()),
                      .result = result,
                      .host = host,
                      .caller = limits.who,
                      .object = number,
                      .may_wait = limits.may_wait,
                      .most_result_bytes = limits.most_bytes});
    // Containers see to that themselves, before they change anything.
    if (status == Status::ok && result.message_bytes() > limits.most_bytes) {
      return Status::too_large;
    }
    return status;
  } catch (const std::bad_alloc&) {
    host.room = before;
    return Status::too_large;
  } catch (const std::exception& error) {  // of a custom class
    failure = error.what();
    return Status::failed;
  } catch (...) {  // what a custom class throws must not end the server
    failure = "something that is no std::exception";
    return Status::failed;
  }
}

Caller Dispatcher::caller(const Call& call, std::uint64_t request) noexcept {
  return {objects_.host().clients.hear(call.identity), request};
}

void Dispatcher::cancel(Call& call) {
  std::uint64_t request = 0;
  if (!call.arguments.unsigned_integer(request) || !call.arguments.at_end()) return;
  Object* object = objects_.at(call.header.object);
  if (object == nullptr || !object->served) return;
  const Caller who = caller(call, request);
  if (who.client == 0) return;
  Host& host = objects_.host();
  const auto waits_for = host.waits.object_of(who);
  // One that waits for another object is not this object's to undo.
  if (waits_for.value_or(call.header.object) != call.header.object) return;
  host.waits.forget(who);  // first: undoing may answer others, never this one
  remembered_.undo(call.identity, request, waits_for.has_value(), host.room);
  object->served->cancelled(who, host);
}

void Dispatcher::leave(Call& call) {
  if (!call.arguments.at_end()) return;
  remembered_.forget(call.identity, objects_.host().room);
  if (const std::uint64_t client = caller(call, 0).client; client != 0) client_gone(client);
}

/// What the client sends again from now on is applied at most once.
Status Dispatcher::remember(Call& call) {
  if (!call.arguments.at_end()) return Status::malformed;
  Host& host = objects_.host();
  if (host.clients.number_of(call.identity) == 0) return Status::not_greeted;
  try {
    if (!remembered_.begin(call.identity, call.header.request, host.room)) return Status::too_large;
  } catch (const std::bad_alloc&) {
    return Status::too_large;
  }
  call.accept();
  return Status::ok;
}

void Dispatcher::client_ended(std::uint64_t client) {
  Host& host = objects_.host();
  if (const auto* known = host.clients.at(client)) remembered_.forget(known->identity, host.room);
  free_from(client);
  objects_.host().clients.bury(client);
}

void Dispatcher::client_gone(std::uint64_t client) {
  Host& host = objects_.host();
  if (const auto* known = host.clients.at(client)) {
    const Caller last{client, remembered_.last(known->identity)};
    remembered_.gone(known->identity, host.waits.object_of(last).has_value(), host.room);
  }
  free_from(client);
  objects_.host().clients.remove(client);
}

void Dispatcher::free_from(std::uint64_t client) {
  Host& host = objects_.host();
  if (host.clients.at(client) == nullptr) return;
  host.waits.forget_client(client);
  objects_.for_each_served([&](Served& served) { served.client_gone(client, host); });
  objects_.release_all(client);
  objects_.drop_unreferenced();
  if (observer_ != nullptr) observer_->left(client);
}

std::optional<Waits::Clock::time_point> Dispatcher::next_deadline() const noexcept {
  return objects_.host().waits.next_deadline();
}

void Dispatcher::expire(Waits::Clock::time_point now) {
  Host& host = objects_.host();
  while (const auto expired = host.waits.next_expired(now)) {
    objects_.at(expired->second)->served->timed_out(expired->first, host);
  }
  objects_.drop_unreferenced();
}

bool Dispatcher::next_answer(std::string& identity, msgpack::Writer& reply) {
  Host& host = objects_.host();
  for (;;) {
    while (auto answer = host.waits.next_answer()) {
      const Clients::Client* client = host.clients.at(answer->caller.client);
      if (client == nullptr) continue;
      identity = client->identity;
      reply.clear();
      protocol::write_header(reply, answer->status, answer->caller.request, answer->object);
      if (answer->status == Status::ok) {
        if (objects_.has_kept()) objects_.hold_all(answer->caller.client, answer->result);
        write_datum(reply, answer->result);
      }
      remembered_.keep(identity, answer->caller.request, reply.bytes(), true, host.room);
      return true;
    }
    if (!objects_.has_doubtful()) return false;
    objects_.drop_unreferenced();  // to which only answers referred; others may have waited for it
  }
}

}  // namespace share::manager
