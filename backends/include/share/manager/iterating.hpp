// Walking over a manager's list, item by item, a chunk of items in each call. As with Python's
// lists, an iterator has a position: it sees what others append meanwhile, and misses or repeats
// items when they insert or delete before it. It belongs to the process and thread of its proxy,
// which must outlive it. Advancing throws the errors of client.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <share/manager/datum.hpp>

namespace share::manager {

class RemoteList;

class ListIterator {
 public:
  using value_type = Datum;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  ListIterator() = default;
  explicit ListIterator(const RemoteList& list);

  const Datum& operator*() const noexcept { return chunk_[at_]; }
  const Datum* operator->() const noexcept { return &chunk_[at_]; }
  ListIterator& operator++();
  void operator++(int) { ++*this; }
  friend bool operator==(const ListIterator& i, std::default_sentinel_t) noexcept {
    return i.list_ == nullptr;
  }

 private:
  // From first_ on; ends the walk when there is nothing.
  void fetch();

  const RemoteList* list_ = nullptr;  // null: at the end
  std::int64_t first_ = 0;            // index of the chunk's first item
  std::size_t at_ = 0;
  Datum::List chunk_;
};

}  // namespace share::manager
