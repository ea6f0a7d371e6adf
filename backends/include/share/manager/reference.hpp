// Reference: a value that means an object of a manager's server, as Python's proxies do when they
// are put into a container. What is stored is the reference, so whoever takes it out uses the same
// object. It keeps the object alive: an object lives as long as it has a name or anything refers to
// it. Objects that refer to each other in a circle stay until the server ends. A plain value, which
// belongs to the server or the connection it came from. In a client any thread may copy and drop
// it; in the server only the one thread in which methods run.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <utility>

namespace share::manager {

/// What keeps an object alive as long as a copy of it exists.
using Keep = std::shared_ptr<const void>;

class Reference {
 public:
  /// To nothing; a value of this kind can be neither sent nor stored.
  Reference() noexcept = default;
  Reference(std::uint64_t object, Keep keep) noexcept : object_(object), keep_(std::move(keep)) {}

  /// The server's number for the object.
  std::uint64_t object() const noexcept { return object_; }

  friend std::strong_ordering operator<=>(const Reference& a, const Reference& b) noexcept {
    return a.object_ <=> b.object_;
  }
  friend bool operator==(const Reference& a, const Reference& b) noexcept {
    return a.object_ == b.object_;
  }

 private:
  std::uint64_t object_ = 0;
  Keep keep_;
};

/// Knows what keeps an object alive: in the server the table of objects, in a client the
/// connection.
class Keeper {
 public:
  virtual ~Keeper() = default;
  /// Null when there is no such object. Throws std::bad_alloc.
  virtual Keep keep(std::uint64_t object) = 0;
};

}  // namespace share::manager
