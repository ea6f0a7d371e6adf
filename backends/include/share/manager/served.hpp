// Served: an object that lives in a manager's server and is used by calling its methods by name.
// Containers, locks and queues are made of it, and custom classes (registered.hpp). It lives in the
// server's one thread, so each call is atomic; arguments come from strangers and are checked by the
// method. A call that is refused changes nothing. A call that has to wait is parked and answered
// later (waits.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <share/manager/clients.hpp>
#include <share/manager/datum.hpp>
#include <share/manager/protocol.hpp>
#include <share/manager/waits.hpp>
#include <span>
#include <string_view>

namespace share::manager {

/// Of a result, in an answer.
inline constexpr std::size_t kMaxResultBytes = protocol::kMaxMessageBytes - protocol::kHeaderBytes;

/// What the objects of a server may still take of its memory.
class Room {
 public:
  explicit Room(std::size_t bytes) noexcept : bytes_(bytes) {}
  std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    if (bytes > bytes_) return false;
    bytes_ -= bytes;
    return true;
  }
  void give(std::size_t bytes) noexcept { bytes_ += bytes; }
  /// Gives `before` back and takes `next`.
  [[nodiscard]] bool exchange(std::size_t before, std::size_t next) noexcept {
    if (next > before) return take(next - before);
    give(before - next);
    return true;
  }

 private:
  std::size_t bytes_;
};

/// What all objects of a server have in common.
struct Host {
  Room room;
  Waits waits;
  Clients clients;
  /// The answer gives the client something that goes with its connection: a lock, an item that it
  /// has not confirmed, a reference.
  bool answer_binds = false;
};

/// One call of a method, being carried out.
struct MethodCall {
  Datum::List& arguments;  ///< may be moved from
  Datum& result;           ///< null when the method starts
  Host& host;              ///< its room is to be asked before anything is stored
  Caller caller;  ///< client 0: one that has not greeted, who can neither hold anything nor wait
  std::uint64_t object;
  bool may_wait;                  ///< else the call is as impatient as with a timeout of 0
  std::size_t most_result_bytes;  ///< of the result, in the answer

  /// An argument that says how long the call may wait: an integer of nanoseconds. `wrong_type`,
  /// `out_of_range` (negative), `not_greeted`.
  protocol::Status read_timeout(const Datum& argument, std::chrono::nanoseconds& timeout) const;
  /// Parks the call. @return `waiting` when it is parked; `impatient` for a timeout of 0;
  /// `too_large` when the client has too many.
  protocol::Status park(std::chrono::nanoseconds timeout, protocol::Status impatient);
};

class Served {
 public:
  virtual ~Served() = default;
  /// @return `no_such_method`; `malformed` for a wrong number of arguments; `waiting` for a call
  /// that is parked; what the method says.
  virtual protocol::Status call(std::string_view method, MethodCall call) = 0;
  /// Items in it; told by `find`.
  virtual std::size_t size() const noexcept = 0;

  // For objects whose calls wait or that clients hold:

  /// A parked call has reached its deadline.
  virtual void timed_out(Caller, Host&) {}
  /// The client does not wait for the answer any more: the call is undone if it waits, or if it was
  /// answered by something that the client would have to give back.
  virtual void cancelled(Caller, Host&) {}
  /// The client has ended or left: what it held is free again, its parked calls never happened.
  virtual void client_gone(std::uint64_t, Host&) {}

  /// Nothing refers to it any more: gives back the room that it took. The calls that waited for it
  /// have been answered.
  virtual void dropped(Room&) noexcept {}
};

/// A method and how many arguments it takes.
template <class Object>
struct Method {
  std::string_view name;
  std::size_t least, most;
  protocol::Status (Object::*run)(MethodCall&);
};

/// Null when there is none of that name.
template <class Object>
const Method<Object>* find_method(std::span<const Method<Object>> methods, std::string_view name) {
  for (const Method<Object>& method : methods)
    if (method.name == name) return &method;
  return nullptr;
}

template <class Object>
protocol::Status call_method(std::span<const Method<Object>> methods, Object& object,
                             std::string_view name, MethodCall& call) {
  const Method<Object>* method = find_method(methods, name);
  if (method == nullptr) return protocol::Status::no_such_method;
  const std::size_t given = call.arguments.size();
  if (given < method->least || given > method->most) return protocol::Status::malformed;
  return (object.*method->run)(call);
}

/// Makes an object of a class of that name. `wrong_type` when there is no such class or an argument
/// is of another type, `malformed` for another number of arguments, `out_of_range`.
protocol::Status make_served(std::string_view class_name, Datum::List& arguments,
                             std::unique_ptr<Served>& object);

}  // namespace share::manager
