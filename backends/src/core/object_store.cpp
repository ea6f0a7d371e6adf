#include <fmt/format.h>

#include <algorithm>
#include <boost/interprocess/managed_external_buffer.hpp>
#include <boost/interprocess/offset_ptr.hpp>
#include <cstring>
#include <limits>
#include <share/core/error.hpp>
#include <share/core/object_store.hpp>

namespace share {
namespace ipc = boost::interprocess;
namespace {

constexpr std::size_t kLayoutLength = 48;

/// One directory entry; lives in the segment.
struct Entry {
  ipc::offset_ptr<std::byte> block;
  std::uint64_t count;
  std::uint64_t header_bytes;
  std::uint64_t element_bytes;
  std::uint64_t elements_at;  ///< bytes from the block's begin
  char type;
  char layout[kLayoutLength];
};

std::string describe(std::string_view layout, char type, std::uint64_t count) {
  return fmt::format("{} of {} x '{}'", layout, count, type);
}

std::size_t elements_at(const ObjectStore::Kind& kind, std::size_t apart_bytes) {
  const std::size_t unit = std::max(apart_bytes, kind.element_bytes);
  return (kind.header_bytes + unit - 1) / unit * unit;
}

}  // namespace

class ObjectStore::Directory {
 public:
  template <class Mode>
  Directory(Mode mode, std::byte* memory, std::size_t bytes) : buffer(mode, memory, bytes) {}
  ipc::managed_external_buffer buffer;
};

ObjectStore ObjectStore::create(std::byte* memory, std::size_t bytes) {
  return ObjectStore(std::make_unique<Directory>(ipc::create_only, memory, bytes));
}

ObjectStore ObjectStore::open(std::byte* memory, std::size_t bytes) {
  return ObjectStore(std::make_unique<Directory>(ipc::open_only, memory, bytes));
}

ObjectStore::ObjectStore(std::unique_ptr<Directory> directory) : directory_(std::move(directory)) {}
ObjectStore::ObjectStore(ObjectStore&&) noexcept = default;
ObjectStore& ObjectStore::operator=(ObjectStore&&) noexcept = default;
ObjectStore::~ObjectStore() = default;

ObjectStore::Block ObjectStore::make(std::string_view name, const Kind& kind,
                                     std::size_t apart_bytes) {
  auto& buffer = directory_->buffer;
  const std::string key(name);
  if (kind.layout.size() >= kLayoutLength)
    throw Error(fmt::format("layout name '{}' is longer than {} characters", kind.layout,
                            kLayoutLength - 1));
  if (buffer.find<Entry>(key.c_str()).first != nullptr) throw ObjectExists(name, "the segment");

  const std::size_t first = elements_at(kind, apart_bytes);
  if (kind.count > buffer.get_size() / kind.element_bytes)  // the product might not fit a number
    throw NotEnoughMemory(name, std::numeric_limits<std::size_t>::max(), buffer.get_free_memory(),
                          "the segment's size");
  const std::size_t bytes = whole_lines(first + kind.count * kind.element_bytes);
  // construct<T>() ignores over-alignment, so the block is allocated aligned and the entry points
  // to it.
  void* memory = buffer.allocate_aligned(bytes, kCacheLine, std::nothrow);
  Entry* entry = memory == nullptr ? nullptr : buffer.construct<Entry>(key.c_str(), std::nothrow)();
  if (entry == nullptr)  // the block stays: what is freed is not zero any more
    throw NotEnoughMemory(name, bytes, buffer.get_free_memory(), "the segment's size");
  entry->block = static_cast<std::byte*>(memory);
  entry->count = kind.count;
  entry->header_bytes = kind.header_bytes;
  entry->element_bytes = kind.element_bytes;
  entry->elements_at = first;
  entry->type = kind.type;
  std::memset(entry->layout, 0, kLayoutLength);
  std::memcpy(entry->layout, kind.layout.data(), kind.layout.size());
  // The elements are zero already, since a segment is new memory and blocks are never freed; only
  // the allocator's own node may have stood in the first bytes. Touching all of them here would
  // make the first pass of every user slow.
  std::memset(memory, 0, std::min(bytes, first + kCacheLine));
  return {entry->block.get(), entry->block.get() + first};
}

ObjectStore::Block ObjectStore::find(std::string_view name, const Kind& kind) const {
  const Entry* entry = directory_->buffer.find<Entry>(std::string(name).c_str()).first;
  if (entry == nullptr) throw NoSuchObject(name, "the segment");
  const std::string_view layout(entry->layout, strnlen(entry->layout, kLayoutLength));
  if (layout != kind.layout || entry->type != kind.type || entry->count != kind.count ||
      entry->header_bytes != kind.header_bytes || entry->element_bytes != kind.element_bytes)
    throw TypeMismatch(name, describe(kind.layout, kind.type, kind.count),
                       describe(layout, entry->type, entry->count));
  std::byte* block = entry->block.get();
  return {block, block + entry->elements_at};
}

}  // namespace share
