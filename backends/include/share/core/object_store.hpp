// ObjectStore: named objects inside a segment. Boost.Interprocess builds the directory and places
// the blocks (managed_external_buffer); we store for each object what it is (family, type code,
// count), so that opening it as something else is an error. Only one process may create objects
// (Boost's internal locks are null for an external buffer), and it does so before the others open
// the segment; after that any number of processes may find them. The segment must outlive the
// store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <share/core/cache_line.hpp>
#include <string>
#include <string_view>

namespace share {

class ObjectStore {
 public:
  /// What an object is. Two processes agree on an object only if all of it matches.
  struct Kind {
    std::string_view layout;    ///< backend and form, "mutex.robust/array"
    char type;                  ///< element type code
    std::uint64_t count;        ///< elements
    std::size_t header_bytes;   ///< lock and statistics before the elements
    std::size_t element_bytes;  ///< size of one element
  };
  /// The two parts of an object.
  struct Block {
    std::byte* header;
    std::byte* elements;
  };

  /// Bytes a segment needs besides the elements.
  static constexpr std::size_t kOverhead = std::size_t{64} * 1024;

  static ObjectStore create(std::byte* memory, std::size_t bytes);
  static ObjectStore open(std::byte* memory, std::size_t bytes);
  ObjectStore(ObjectStore&&) noexcept;
  ObjectStore& operator=(ObjectStore&&) noexcept;
  ~ObjectStore();

  /// Zero-filled. The header starts on a cache line, the elements on the next whole unit of
  /// `apart_bytes` behind it (see CreateOptions). @throws ObjectExists, NotEnoughMemory.
  Block make(std::string_view name, const Kind& kind, std::size_t apart_bytes = kCacheLine);
  /// @throws NoSuchObject, TypeMismatch.
  Block find(std::string_view name, const Kind& kind) const;

 private:
  class Directory;
  explicit ObjectStore(std::unique_ptr<Directory> directory);
  std::unique_ptr<Directory> directory_;
};

}  // namespace share
