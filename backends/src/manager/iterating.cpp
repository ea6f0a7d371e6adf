#include <share/core/error.hpp>
#include <share/manager/containers.hpp>
#include <share/manager/iterating.hpp>

namespace share::manager {
namespace {

constexpr std::int64_t kChunkItems = 128;

}  // namespace

ListIterator::ListIterator(const RemoteList& list) : list_(&list) { fetch(); }

ListIterator& ListIterator::operator++() {
  if (++at_ == chunk_.size()) {
    first_ += static_cast<std::int64_t>(chunk_.size());
    fetch();
  }
  return *this;
}

void ListIterator::fetch() {
  at_ = 0;
  for (std::int64_t items = kChunkItems;; items /= 2) {
    try {
      chunk_ = list_->slice(first_, first_ + items);
      break;
    } catch (const CallRefused& error) {
      // Long items: fewer at a time. One alone always fits.
      if (error.reason() != static_cast<int>(protocol::Status::too_large) || items == 1) throw;
    }
  }
  if (chunk_.empty()) list_ = nullptr;
}

}  // namespace share::manager
