// ObjectMemory: the memory of one shared object: what it is, its lock, its elements. Anonymous
// memory is reached by processes that inherit it (by fork, or its descriptor by exec), and is gone
// with the last of them; named memory is found by other processes of the same user, see
// NamedSegment. Opening it as something else is an error. Layout: docs/shared-objects.md. Movable;
// each is a mapping of its process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <share/core/element.hpp>
#include <share/core/named_segment.hpp>
#include <share/core/segment.hpp>
#include <string>
#include <typeinfo>

namespace share {

/// What two processes must agree on.
struct ObjectKind {
  std::string text;   ///< form, lock and element type: "value mutex.robust q"
  std::size_t count;  ///< elements; opening with 0 takes any number
  std::size_t element_bytes;
  std::size_t lock_bytes;
};

/// How messages and memory call T: its code, or the name that the compiler has for a structure.
template <Shareable T>
std::string type_text() {
  if constexpr (Element<T>)
    return {type_code<T>()};
  else
    return std::string("type ") + typeid(T).name();
}

class ObjectMemory {
 public:
  enum class Reached { by_inheritance, by_name };

  /// Zero-filled. @throws NotEnoughMemory, SystemError, Error (too large).
  static ObjectMemory create(const ObjectKind& kind, Reached reached);
  /// @param address what address() returned in another process, or "shm:<name>". @throws
  /// BadAddress, NoSuchObject, TypeMismatch, SystemError.
  static ObjectMemory open(const ObjectKind& kind, const std::string& address);

  /// What is there: the text of its kind. @throws BadAddress, NoSuchObject, SystemError;
  /// TypeMismatch when it is no shared object.
  static std::string text_at(const std::string& address);

  /// Of one that is reached by name: others can find it from now on. @throws BadAddress,
  /// ObjectExists, SystemError.
  void publish(const std::string& name) { named_->publish(name); }

  /// "shm:<name>", or "memfd:<descriptor>", which means something to processes that inherited it.
  std::string address() const;
  std::byte* lock() const noexcept;
  std::byte* elements() const noexcept { return elements_; }
  std::size_t count() const noexcept { return count_; }

 private:
  struct Header;
  explicit ObjectMemory(Segment segment) : anonymous_(std::move(segment)) {}
  explicit ObjectMemory(NamedSegment segment) : named_(std::move(segment)) {}
  std::byte* data() const noexcept { return named_ ? named_->data() : anonymous_->data(); }
  std::size_t size() const noexcept { return named_ ? named_->size() : anonymous_->size(); }
  Header& header() const noexcept;
  static ObjectMemory mapped(const std::string& address);
  Header seen_header(const std::string& wanted, const std::string& address) const;
  void check(const ObjectKind& kind, const std::string& address);

  std::optional<Segment> anonymous_;
  std::optional<NamedSegment> named_;
  // Not read from the memory again, where others can write.
  std::byte* elements_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace share
