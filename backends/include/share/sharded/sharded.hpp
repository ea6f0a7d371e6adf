// sharded: a counter in pieces, one for each user that adds, summed when it is read. Exact, and
// as fast as a variable of one's own, since each piece has one writer and lines of its own. `add`
// returns nothing: nobody knows the sum at that moment. load() adds the pieces up one after the
// other: what it returns lies between what was there when it began and when it ended, if all only
// add. Nobody waits for anybody, so a death leaves nothing behind: a piece keeps its count, and
// somebody else goes on with it. There are 62 pieces for the views, as value() returns them, that
// are in use at the same time; further ones share an atomic one. A view is for one thread at a
// time; all users must be of one PID and time namespace. Sources: D. Lea,
// java.util.concurrent.atomic.LongAdder; Linux, percpu_counter.
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <share/core/memory_backend.hpp>
#include <share/core/thread_identity.hpp>

namespace share::sharded {

/// A piece, and which process has it.
struct Shard {
  std::atomic<ThreadIdentity> owner;  // of its first thread; 0: nobody has it
  std::atomic<std::uint64_t> count;
};

class Shards {
 public:
  static constexpr std::size_t kCount = 62;

  void init() noexcept;
  /// One for the caller alone, with what is in it already; null when there is none left.
  Shard* claim() noexcept;
  std::uint64_t sum() const noexcept;

 private:
  struct alignas(kCacheLine) Piece : Shard {};
  std::array<Piece, kCount> pieces_;
};

/// The piece of a view, given back with it. A process made by fork has the view, not the piece:
/// there it is empty. Known to the process, by its place, so that fork finds it.
class OwnShard {
 public:
  OwnShard() = default;
  OwnShard(OwnShard&& other) noexcept;
  OwnShard& operator=(OwnShard&&) = delete;
  ~OwnShard();

  /// Null: none has been claimed, or none was left.
  Shard* get() const noexcept { return shard_; }
  /// Once; later calls do nothing.
  void claim(Shards& shards) noexcept;

 private:
  friend class OwnShards;
  bool claimed_ = false;
  Shard* shard_ = nullptr;
  OwnShard* next_ = nullptr;
  OwnShard** link_ = nullptr;  // what points here
};

struct Policy {
  static constexpr Traits traits{"sharded", Updates::exact, OnDeath::stateless, Atomicity::nothing,
                                 RunsIn::user};
  static std::string details() { return "a padded counter for each user, summed on read"; }
  using Header = Shards;

  /// Of 64-bit integers: sums of floating numbers would depend on who adds first.
  template <std::integral T>
  requires(sizeof(T) == sizeof(std::uint64_t)) class Counter {
   public:
    Counter(Shards& shards, T& element) noexcept : shards_(&shards), rest_(&element) {}
    T load() const noexcept {
      return static_cast<T>(rest().load(std::memory_order_acquire) + shards_->sum());
    }
    /// Of several at once the last one counts. No addition of others gets lost, but one that is
    /// made meanwhile may be found before or after.
    void store(Exactly<T> x) noexcept {
      const auto to = static_cast<std::uint64_t>(T(x));
      std::uint64_t seen = rest().load(std::memory_order_relaxed);
      while (!rest().compare_exchange_weak(seen, to - shards_->sum(), std::memory_order_acq_rel,
                                           std::memory_order_relaxed)) {
      }
    }
    void add(Exactly<T> x) noexcept {
      const auto by = static_cast<std::uint64_t>(T(x));
      Shard* own = own_.get();
      if (own == nullptr) [[unlikely]]
        return add_without(by);
      own->count.store(own->count.load(std::memory_order_relaxed) + by, std::memory_order_release);
    }

   private:
    std::atomic_ref<std::uint64_t> rest() const noexcept {
      return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(rest_));
    }
    void add_to_rest(std::uint64_t by) noexcept { rest().fetch_add(by, std::memory_order_acq_rel); }
    [[gnu::noinline]] void add_without(std::uint64_t by) noexcept {
      own_.claim(*shards_);
      if (own_.get() == nullptr) return add_to_rest(by);
      own_.get()->count.fetch_add(by, std::memory_order_release);
    }

    Shards* shards_;
    T* rest_;  // what was stored, and what those without a piece add
    OwnShard own_;
  };
};

using Sharded = MemoryBackend<Policy>;
static_assert(Backend<Sharded>);

}  // namespace share::sharded
