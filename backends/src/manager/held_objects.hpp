// The objects that a connection refers to: what its proxies and values share, and what of it the
// server has to be told when it has gone. Copies of a Keep may be dropped by any thread, also after
// the connection has closed; the server is told by the thread that uses the connection, at the
// latest with its next call.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <share/manager/msgpack.hpp>
#include <share/manager/reference.hpp>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace share::manager {

class HeldObjects final : public Keeper, public std::enable_shared_from_this<HeldObjects> {
 public:
  /// Object, and how often the server has told of it.
  using Release = std::pair<std::uint64_t, std::uint64_t>;
  /// Tells the server; false when that is not possible now. Must drop no Keep.
  using Tell = std::function<bool(std::span<const Release>)>;

  /// The server has told of the object once more. Never null.
  Keep told(std::uint64_t object);
  /// The same for all references in an answer: they are kept until it has been read, so that what
  /// reads it finds them.
  void told_all(msgpack::Reader results);
  /// The last answer has been read, or will not be.
  void answer_read() noexcept { of_answer_.clear(); }
  /// What is known of the object: null when nothing refers to it.
  Keep keep(std::uint64_t object) override;

  /// Null: from now on there is nobody to be told.
  void tell_with(Tell tell);
  /// The calling thread uses the connection: it tells of what has been dropped, and at once of what
  /// it drops itself from now on.
  void used_here() {
    if (user_.load(std::memory_order_relaxed) != std::this_thread::get_id() ||
        has_releases_.load(std::memory_order_relaxed)) {
      use_and_tell();
    }
  }

 private:
  class Hold;
  struct Held {
    std::weak_ptr<const Hold> hold;
    Hold* counted = nullptr;  // the same, while it lives
  };
  void dropped(const Hold& hold) noexcept;
  void use_and_tell();
  void tell_locked();

  const pid_t maker_ = ::getpid();
  std::mutex mutex_;
  std::map<std::uint64_t, Held> held_;
  std::vector<Release> releases_;
  Tell tell_;
  std::atomic<bool> has_releases_{false};
  std::atomic<std::thread::id> user_{};  // changed under the mutex: who is told waits for a change
  bool full_ = false;                    // nothing can be told now
  std::vector<Keep> of_answer_;          // the user's own
};

}  // namespace share::manager
