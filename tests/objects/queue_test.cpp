// Queue between processes: order, room, closing, and what those leave who die with it in hand.
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <share/objects/queue.hpp>
#include <thread>
#include <vector>

#include "tests/support/one_cpu.hpp"
#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

struct Item {
  std::int64_t number = 0, twice = 0, thrice = 0;
  bool whole() const { return twice == 2 * number && thrice == 3 * number; }
};
Item item(std::int64_t number) { return {number, 2 * number, 3 * number}; }

TEST(QueueTest, FirstInFirstOutWithinItsRoom) {
  Queue<int> queue(3);
  EXPECT_EQ(queue.capacity(), 3u);
  EXPECT_EQ(queue.try_get(), std::nullopt);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.try_put(10 * round + i));
    EXPECT_FALSE(queue.try_put(99));
    EXPECT_EQ(queue.size(), 3u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.get(), 10 * round + i);
  }
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_THROW(Queue<int>(0), Error);
}

TEST(QueueTest, WaitsEndAtTheirLimit) {
  Queue<int> queue(1);
  const auto waits = [](auto wait) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(wait());
    const auto waited = std::chrono::steady_clock::now() - begin;
    EXPECT_GE(waited, 200ms);
    EXPECT_LE(waited, 450ms);
  };
  waits([&] { return queue.get_for(200ms).has_value(); });
  queue.put(1);
  waits([&] { return queue.put_for(2, 200ms); });
  waits([&] { return queue.join_for(200ms); });
  EXPECT_EQ(queue.get(), 1);
}

TEST(QueueTest, WhatManyPutManyGetOnce) {
  constexpr int kPutters = 2, kGetters = 2;
  constexpr std::int64_t kEach = 20'000;
  Queue<Item> queue(16);
  SharedArray<std::atomic<int>> got(kPutters * kEach);
  std::vector<Child> users;
  for (int p = 0; p < kPutters; ++p)
    users.emplace_back([&, p] {
      for (std::int64_t i = 0; i < kEach; ++i) queue.put(item(p * kEach + i));
      return true;
    });
  std::vector<Child> getters;
  for (int g = 0; g < kGetters; ++g)
    getters.emplace_back([&] {
      std::vector<std::int64_t> last(kPutters, -1);
      try {
        for (;;) {
          const Item next = queue.get();
          if (!next.whole()) return false;
          std::int64_t& before = last[static_cast<std::size_t>(next.number / kEach)];
          if (next.number <= before) return false;  // one putter's stay in order
          before = next.number;
          ++got[static_cast<std::size_t>(next.number)];
        }
      } catch (const QueueClosed&) {
        return true;
      }
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  queue.close();
  for (Child& getter : getters) EXPECT_TRUE(getter.succeeded());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], 1) << i;
}

TEST(QueueTest, AClosedOneGivesWhatItHasAndTakesNothing) {
  Queue<int> queue(2);
  queue.put(1);
  Child waiting([&] {
    queue.put(2);
    try {
      queue.put(3);
    } catch (const QueueClosed&) {
      return true;
    }
    return false;
  });
  EXPECT_FALSE(waiting.ends_within(50ms));
  queue.close();
  EXPECT_TRUE(waiting.succeeded()) << "is woken";
  EXPECT_THROW(queue.put(4), QueueClosed);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_EQ(queue.try_get(), 2);
  EXPECT_THROW(queue.get(), QueueClosed);
  EXPECT_TRUE(queue.is_closed());
}

// Whoever is told that it is closed and empty may go home: nothing comes after.
TEST(QueueTest, NothingIsLeftInAClosedOne) {
  for (int round = 0; round < 500; ++round) {
    Queue<int> queue(4);
    std::atomic<int> put = 0, got = 0;
    const auto until_closed = [](auto use) {
      try {
        for (;;) use();
      } catch (const QueueClosed&) {
      }
    };
    std::thread putter([&] { until_closed([&] { queue.put(1), ++put; }); });
    std::thread getter([&] { until_closed([&] { queue.get(), ++got; }); });
    while (got < round % 64) std::this_thread::yield();
    queue.close();
    putter.join();
    getter.join();
    ASSERT_EQ(got, put) << "round " << round;
    ASSERT_EQ(queue.size(), 0u);
  }
}

TEST(QueueTest, JoinWaitsForEveryTask) {
  Queue<int> queue(8);
  for (int i = 0; i < 4; ++i) queue.put(i);
  Child worker([&] {
    for (int i = 0; i < 4; ++i) {
      queue.get();
      ::usleep(5'000);
      queue.task_done();
    }
    return true;
  });
  EXPECT_TRUE(queue.join_for(20s));
  EXPECT_TRUE(worker.succeeded());
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_THROW(queue.task_done(), NotHeldHere);
}

TEST(QueueTest, IsFoundByNameAsWhatItIs) {
  const std::string name = fresh_name();
  Queue<Item> queue = Queue<Item>::create(name, 4);
  Child other([&] {
    Queue<Item>::open("shm:" + name).put(item(5));
    return true;
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(queue.get().thrice, 15);
  EXPECT_THROW(Queue<int>::open("shm:" + name), TypeMismatch);
}

TEST(QueueTest, AKilledWaiterTakesNoItemWithIt) {
  const OneCpu here;
  Queue<int> queue(4);
  for (int round = 0; round < 5; ++round) {
    const auto wait = [&] { return queue.get() == 1; };
    Child victim = here.start_sleeper(wait);
    Child survivor = here.start_sleeper(wait);
    victim.signal(SIGKILL);
    queue.put(1);
    EXPECT_TRUE(survivor.ends_within(2s)) << "it sleeps before an item";
    EXPECT_EQ(victim.ended_by(), SIGKILL);
    EXPECT_EQ(queue.size(), 0u);
  }
}

// So large that a putter is killed in the middle of copying it, nearly always.
TEST(QueueTest, APutterKilledInTheMiddleHasPutNothing) {
  struct Large {
    std::array<std::int64_t, 32'768> words;
    bool whole() const {
      return std::ranges::all_of(words, [this](std::int64_t word) { return word == words[0]; });
    }
  };
  Queue<Large> queue(2);
  SharedArray<std::atomic<std::int64_t>> put(1);
  const auto got = std::make_unique<Large>();
  for (int kill = 0; kill < kill_count(); ++kill) {
    const std::int64_t before = put[0];
    Child victim([&] {
      const auto item = std::make_unique<Large>();
      for (;;) {
        item->words.fill(put[0] + 1);
        queue.put(*item);
        ++put[0];
        queue.get_for(0ms);
      }
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return put[0] > before; }));
    ::usleep(static_cast<useconds_t>(131 * kill % 1'000));
    victim.kill();
    while (auto item = queue.try_get()) {
      *got = *item;
      EXPECT_TRUE(got->whole()) << "after kill " << kill;
    }
    EXPECT_TRUE(queue.try_put(*got)) << "nobody holds it";
    EXPECT_TRUE(queue.try_get().has_value());
  }
}

// Putters and getters killed at random times: the survivors go on, every item is whole and comes
// once, none that was acknowledged is lost but those that a killed getter may have had in hand.
TEST(QueueTest, KillsAtRandomTimesLeaveItWhole) {
  const int kills = kill_count();
  Queue<Item> queue(8);
  SharedArray<std::atomic<std::int64_t>> put(1), got(1), broken(1);
  std::mt19937 random(20261126);
  std::uniform_int_distribution<int> delay_us(0, 2'000);
  for (int kill = 0; kill < kills; ++kill) {
    SharedArray<std::atomic<int>> started(1);
    const bool kills_putter = kill % 2 == 0;
    Child putter([&] {
      for (;; started[0] |= 1) {
        queue.put(item(put[0].load() + 1));
        ++put[0];
      }
      return true;
    });
    Child getter([&] {
      for (;; started[0] |= 2) {
        if (!queue.get().whole()) ++broken[0];
        ++got[0];
      }
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return started[0] == 3; }));
    ::usleep(static_cast<useconds_t>(delay_us(random)));
    (kills_putter ? putter : getter).kill();
    // The other one is never left hanging: it goes on as soon as there is something to do.
    const std::int64_t before = kills_putter ? got[0].load() : put[0].load();
    if (kills_putter)
      EXPECT_TRUE(queue.put_for(item(1), 2s));
    else
      EXPECT_TRUE(queue.get_for(2s).has_value());
    EXPECT_TRUE(becomes_true([&] { return (kills_putter ? got[0] : put[0]) > before; }));
    (kills_putter ? getter : putter).kill();
    while (const auto left = queue.try_get()) broken[0] += !left->whole();
  }
  EXPECT_EQ(broken[0], 0);
  EXPECT_GT(put[0], kills);
  queue.put(item(3));
  EXPECT_EQ(queue.get().thrice, 9);
}

}  // namespace
}  // namespace share::test
