// Served: an object that lives in a manager's server and is used by calling its methods by name.
// The containers are made of it, and so will be custom classes. It lives in the server's one
// thread, so each call is atomic; arguments come from strangers and are checked by the method. A
// call that does not answer `ok` changes nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <share/manager/datum.hpp>
#include <share/manager/protocol.hpp>
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

/// One call of a method, being carried out.
struct MethodCall {
  Datum::List& arguments;  ///< may be moved from
  Datum& result;           ///< null when the method starts
  Room& room;              ///< to be asked before anything is stored
};

class Served {
 public:
  virtual ~Served() = default;
  /// @return `no_such_method`; `malformed` for a wrong number of arguments; what the method says.
  virtual protocol::Status call(std::string_view method, MethodCall call) = 0;
  /// Items in it; told by `find`.
  virtual std::size_t size() const noexcept = 0;
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

/// Makes an empty object of a class of that name ("list", "dict", "set", "namespace"); null when
/// there is no such class.
std::unique_ptr<Served> make_served(std::string_view class_name);

}  // namespace share::manager
