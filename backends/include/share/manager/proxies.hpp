// What users of a manager hold instead of the objects: RemoteCounter and RemoteArray turn each
// operation into one call, which the server applies as one. A proxy shares the connection of the
// backend it came from, belongs to the same process and thread, and keeps the connection alive; the
// object itself stays with the server. Calls throw the errors of client.hpp; slices outside an
// array throw RangeError before anything is sent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <share/contract.hpp>
#include <share/core/error.hpp>
#include <share/manager/client.hpp>
#include <share/manager/elements.hpp>
#include <share/manager/operations.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace share::manager {

template <Element T>
class RemoteCounter {
 public:
  /// Throws NoSuchObject, StaleProxy and TypeMismatch.
  RemoteCounter(std::shared_ptr<Connection> connection, const Which& which)
      : connection_(std::move(connection)),
        reference_(connection_->find_value(which, type_code<T>())) {}

  T load() const {
    connection_->begin(protocol::Operation::load, object_number());
    return element_result<T>(*connection_, connection_->call());
  }

  void store(T value) {
    protocol::write_element(connection_->begin(protocol::Operation::store, object_number()), value);
    static_cast<void>(connection_->call());
  }

  /// The server's number for the value.
  std::uint64_t object_number() const noexcept { return reference_.object(); }
  /// To be put into a container.
  const Reference& reference() const noexcept { return reference_; }
  operator Datum() const { return reference_; }

  /// Returns the value before. Integers wrap round.
  T add(T amount) {
    protocol::write_element(connection_->begin(protocol::Operation::add, object_number()), amount);
    return element_result<T>(*connection_, connection_->call());
  }

 private:
  std::shared_ptr<Connection> connection_;
  Reference reference_;
};

template <Element T>
class RemoteArray {
 public:
  /// Throws NoSuchObject, StaleProxy and TypeMismatch.
  RemoteArray(std::shared_ptr<Connection> connection, const Which& which, std::size_t size)
      : connection_(std::move(connection)),
        reference_(connection_->find_array(which, type_code<T>(), size)),
        size_(size) {}

  std::size_t size() const noexcept { return size_; }

  /// The server's number for the array.
  std::uint64_t object_number() const noexcept { return reference_.object(); }
  /// To be put into a container.
  const Reference& reference() const noexcept { return reference_; }
  operator Datum() const { return reference_; }

  /// Long slices travel in several messages; another user may write between two of them.
  void read(std::size_t first, std::span<T> to) const {
    check(first, to.size());
    while (!to.empty()) {
      const std::span<T> chunk = to.first(std::min(to.size(), kChunk));
      msgpack::Writer& request = connection_->begin(protocol::Operation::read, object_number());
      request.unsigned_integer(first);
      request.unsigned_integer(chunk.size());
      msgpack::Reader results = connection_->call();
      std::span<const std::byte> bytes;
      if (!results.binary(bytes) || bytes.size() != chunk.size_bytes()) {
        connection_->refuse_results();
      }
      decode_elements(bytes, chunk);
      first += chunk.size();
      to = to.subspan(chunk.size());
    }
  }

  /// Long slices travel in several messages, as with read().
  void write(std::size_t first, std::span<const T> from) {
    check(first, from.size());
    while (!from.empty()) {
      const std::span<const T> chunk = from.first(std::min(from.size(), kChunk));
      msgpack::Writer& request = connection_->begin(protocol::Operation::write, object_number());
      request.unsigned_integer(first);
      encode_elements(chunk, request.binary_space(chunk.size_bytes()));
      static_cast<void>(connection_->call());
      first += chunk.size();
      from = from.subspan(chunk.size());
    }
  }

  /// The server applies F to the whole slice as one; only the name of F travels.
  template <class F>
  requires ElementOperation<F, T>
  void transform(std::size_t first, std::size_t count, const F&) {
    static_cast<void>(kRegistered<F, T>);
    check(first, count);
    msgpack::Writer& request = connection_->begin(protocol::Operation::transform, object_number());
    request.unsigned_integer(first);
    request.unsigned_integer(count);
    request.text(F::name);
    static_cast<void>(connection_->call());
  }

 protected:
  void check(std::size_t first, std::size_t count) const {
    if (first > size_ || count > size_ - first) throw RangeError(first, count, size_);
  }

 private:
  static constexpr std::size_t kChunk = protocol::kChunkBytes / sizeof(T);

  std::shared_ptr<Connection> connection_;
  Reference reference_;
  std::size_t size_;
};

}  // namespace share::manager
