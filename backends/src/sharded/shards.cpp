#include <pthread.h>

#include <mutex>
#include <share/sharded/sharded.hpp>
#include <utility>

namespace share::sharded {

void Shards::init() noexcept {
  for (Piece& piece : pieces_) {
    piece.owner.store(0);
    piece.count.store(0);
  }
}

Shard* Shards::claim() noexcept {
  const ThreadIdentity me = own_process_identity();
  const auto take = [me](Piece& piece, ThreadIdentity from) {
    return piece.owner.compare_exchange_strong(from, me, std::memory_order_acquire,
                                               std::memory_order_relaxed);
  };
  for (Piece& piece : pieces_)
    if (piece.owner.load(std::memory_order_relaxed) == 0 && take(piece, 0)) return &piece;
  for (Piece& piece : pieces_) {
    const ThreadIdentity owner = piece.owner.load(std::memory_order_relaxed);
    if (owner != 0 && is_gone(owner) && take(piece, owner)) return &piece;
  }
  return nullptr;
}

std::uint64_t Shards::sum() const noexcept {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces_) sum += piece.count.load(std::memory_order_acquire);
  return sum;
}

/// All of this process.
class OwnShards {
 public:
  static OwnShards& instance() noexcept;
  static bool watch_forks() noexcept {
    return ::pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                            [] {
                              instance().forget_all();
                              instance().mutex_.unlock();
                            }) == 0;
  }
  /// Without forks being seen nobody may have a piece.
  void claim(OwnShard& own, Shards& shards) noexcept;
  void leave(OwnShard& own) noexcept {
    const std::scoped_lock guard(mutex_);
    unlink(own);
  }
  void move(OwnShard& from, OwnShard& to) noexcept {
    const std::scoped_lock guard(mutex_);
    to.claimed_ = std::exchange(from.claimed_, false);
    to.shard_ = std::exchange(from.shard_, nullptr);
    if (to.shard_ == nullptr) return;
    unlink(from);
    link(to);
  }

 private:
  void link(OwnShard& own) noexcept {
    own.next_ = first_;
    own.link_ = &first_;
    if (first_ != nullptr) first_->link_ = &own.next_;
    first_ = &own;
  }
  static void unlink(OwnShard& own) noexcept {
    if (own.link_ == nullptr) return;
    *own.link_ = own.next_;
    if (own.next_ != nullptr) own.next_->link_ = own.link_;
    own.link_ = nullptr;
  }
  void forget_all() noexcept {
    while (first_ != nullptr) {
      first_->claimed_ = false;
      first_->shard_ = nullptr;
      unlink(*first_);
    }
  }

  std::mutex mutex_;
  OwnShard* first_ = nullptr;
};

namespace {

// Both as the program starts: in a function they could be half made in the copy that fork makes.
constinit OwnShards all_own_shards;
const bool forks_are_seen_by_shards = OwnShards::watch_forks();

}  // namespace

OwnShards& OwnShards::instance() noexcept { return all_own_shards; }

void OwnShards::claim(OwnShard& own, Shards& shards) noexcept {
  const std::scoped_lock guard(mutex_);
  own.claimed_ = true;
  own.shard_ = forks_are_seen_by_shards ? shards.claim() : nullptr;
  if (own.shard_ != nullptr) link(own);
}

OwnShard::OwnShard(OwnShard&& other) noexcept { OwnShards::instance().move(other, *this); }

OwnShard::~OwnShard() {
  if (shard_ == nullptr) return;
  OwnShards::instance().leave(*this);
  shard_->owner.store(0, std::memory_order_release);
}

void OwnShard::claim(Shards& shards) noexcept {
  if (!claimed_) OwnShards::instance().claim(*this, shards);
}

}  // namespace share::sharded
