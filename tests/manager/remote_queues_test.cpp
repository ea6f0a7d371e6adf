// Queues between processes, with takers that are killed at any time.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <share/core/error.hpp>
#include <vector>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

using std::chrono::milliseconds;

template <class B>
class RemoteQueues : public ProcessTest {
 protected:
  typename B::Owner owner_ = B::create({});
  std::string address() const { return owner_.address(); }
};

TYPED_TEST_SUITE(RemoteQueues, Transports);

TYPED_TEST(RemoteQueues, EveryItemArrivesOnceInTheOrderOfItsSender) {
  constexpr int kSenders = 2, kTakers = 2, kItems = 500;
  this->owner_.add_queue("q", 16);
  SharedArray<std::atomic<int>> seen(kSenders * kItems);
  std::vector<Child> children;
  for (int s = 0; s < kSenders; ++s) {
    children.emplace_back([&, s] {
      TypeParam backend = TypeParam::open(this->address());
      RemoteQueue queue = backend.queue("q");
      for (int i = 0; i < kItems; ++i) queue.put(Datum::List{s, i});
      return true;
    });
  }
  for (int t = 0; t < kTakers; ++t) {
    children.emplace_back([&] {
      TypeParam backend = TypeParam::open(this->address());
      RemoteQueue queue = backend.queue("q");
      std::vector<std::int64_t> last(kSenders, -1);
      for (;;) {
        const Datum item = queue.get();
        if (item.is_null()) return true;
        const auto& pair = item.get<Datum::List>();
        const auto sender = static_cast<std::size_t>(pair[0].get<std::int64_t>());
        const std::int64_t number = pair[1].get<std::int64_t>();
        if (number <= last[sender]) return false;
        last[sender] = number;
        ++seen[sender * kItems + static_cast<std::size_t>(number)];
      }
    });
  }
  for (int s = 0; s < kSenders; ++s) EXPECT_TRUE(children[static_cast<std::size_t>(s)].succeeded());
  TypeParam backend = TypeParam::open(this->address());
  for (int t = 0; t < kTakers; ++t) backend.queue("q").put(Datum());
  for (int t = 0; t < kTakers; ++t)
    EXPECT_TRUE(children[static_cast<std::size_t>(kSenders + t)].succeeded());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i].load(), 1) << i;
}

// A taker marks an item as seen after get() returned it: killed in between, it has it without
// having marked it, so one item for each victim may be missing. None may come twice.
TYPED_TEST(RemoteQueues, KilledTakersLoseAtMostWhatHadArrived) {
  FORKS_BESIDE_THREADS();
  constexpr int kItems = 600, kVictims = 10;
  this->owner_.add_queue("q");
  SharedArray<std::atomic<int>> seen(kItems);
  auto taker = [&] {
    return Child([&] {
      TypeParam backend = TypeParam::open(this->address());
      RemoteQueue queue = backend.queue("q");
      for (;;) {
        try {
          ++seen[static_cast<std::size_t>(queue.get_for(kPatience).template get<std::int64_t>())];
        } catch (const QueueClosed&) {
          return true;
        }
      }
    });
  };
  TypeParam backend = TypeParam::open(this->address());
  RemoteQueue queue = backend.queue("q");
  std::unique_ptr<Child> victim = std::make_unique<Child>(taker());
  for (int i = 0; i < kItems; ++i) {
    queue.put(i);
    if (i % (kItems / kVictims) == kItems / kVictims / 2) {
      ::usleep(static_cast<useconds_t>(37 * i % 1000));
      victim->kill();
      victim = std::make_unique<Child>(taker());
    }
  }
  ASSERT_TRUE(test::becomes_true([&] { return queue.size() == 0; }));
  queue.close();
  EXPECT_TRUE(victim->succeeded());
  int missing = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_LE(seen[i].load(), 1) << i;
    missing += seen[i].load() == 0;
  }
  EXPECT_LE(missing, kVictims);
}

TYPED_TEST(RemoteQueues, AnItemThatATakerGaveUpComesBack) {
  this->owner_.add_queue("q");
  TypeParam backend = TypeParam::open(this->address());
  RemoteQueue queue = backend.queue("q");
  queue.put("item");
  const ProcessWatch server = ProcessWatch::of(this->owner_.server_pids().front());
  server.send(SIGSTOP);
  backend.set_timeout(milliseconds(100));
  EXPECT_THROW(queue.get(), CallTimedOut);  // the answer comes too late
  server.send(SIGCONT);
  backend.set_timeout(kDefaultCallTimeout);
  EXPECT_EQ(queue.get(), Datum("item"));
}

TYPED_TEST(RemoteQueues, ErrorsSayWhatWasWrong) {
  this->owner_.add_queue("q", 1);
  TypeParam backend = TypeParam::open(this->address());
  RemoteQueue queue = backend.queue("q");
  EXPECT_THROW(queue.try_get(), QueueEmpty);
  EXPECT_THROW(queue.get_for(milliseconds(10)), QueueEmpty);
  queue.try_put(1);
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(queue.max_size(), 1);
  EXPECT_THROW(queue.try_put(2), QueueFull);
  EXPECT_THROW(queue.put_for(milliseconds(10), 2), QueueFull);
  queue.close();
  EXPECT_THROW(queue.put(2), QueueClosed);
  EXPECT_EQ(queue.get(), Datum(1));
  EXPECT_TRUE(queue.empty());
  EXPECT_THROW(queue.get(), QueueClosed);
}

TYPED_TEST(RemoteQueues, JoinWaitsForTheWork) {
  this->owner_.add_joinable_queue("q");
  SharedArray<std::atomic<int>> done(1);
  Child worker([&] {
    TypeParam backend = TypeParam::open(this->address());
    RemoteJoinableQueue queue = backend.joinable_queue("q");
    for (int i = 0; i < 20; ++i) {
      queue.get();
      ++done[0];
      queue.task_done();
    }
    return true;
  });
  TypeParam backend = TypeParam::open(this->address());
  RemoteJoinableQueue queue = backend.joinable_queue("q");
  for (int i = 0; i < 20; ++i) queue.put(i);
  EXPECT_TRUE(queue.join_for(kPatience));
  EXPECT_EQ(done[0].load(), 20);
  EXPECT_THROW(queue.task_done(), NotHeld);
  EXPECT_TRUE(worker.succeeded());
}

}  // namespace
}  // namespace share::manager
