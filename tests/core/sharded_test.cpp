// The sharded counter: pieces that are taken, given back, left by the dead, inherited, used up.
#include <share/objects/value.hpp>
#include <thread>
#include <vector>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;
using Count = ShardedValue<std::int64_t>;

TEST(ShardedTest, MoreThreadsThanPiecesLoseNothing) {
  constexpr int kThreads = static_cast<int>(sharded::Shards::kCount) + 10, kAdds = 2'000;
  const std::string name = fresh_name();
  Count count = Count::create(name);
  std::atomic<int> ready = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      Count own = Count::open("shm:" + name);
      own.add(1);
      meet(ready, kThreads);  // all of them have a piece, or none is left
      for (int add = 1; add < kAdds; ++add) own.add(1);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count.load(), kThreads * kAdds);
}

TEST(ShardedTest, AViewInheritedByForkIsAnotherOne) {
  constexpr int kAdds = 200'000;
  Count count(7);
  count.add(1);  // this process has a piece
  SharedArray<std::atomic<int>> ready(1);
  const auto add = [&] {
    meet(ready[0], 3);
    for (int i = 0; i < kAdds; ++i) count.add(1);
    return true;
  };
  Child first(add), second(add);
  add();
  EXPECT_TRUE(first.succeeded());
  EXPECT_TRUE(second.succeeded());
  EXPECT_EQ(count.load(), 8 + 3 * kAdds);
}

TEST(ShardedTest, PiecesOfTheDeadAreTakenOverWithWhatIsInThem) {
  SharedArray<sharded::Shards> shards(1);
  shards[0].init();
  const int killed = static_cast<int>(sharded::Shards::kCount) + 3;
  for (int i = 0; i < killed; ++i) {
    SharedArray<std::atomic<int>> added(1);
    Child victim([&] {
      sharded::Shard* piece = shards[0].claim();
      if (piece != nullptr) piece->count.store(piece->count.load() + 10);
      added[0] = piece != nullptr ? 1 : 2;
      ::pause();
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return added[0] != 0; }));
    EXPECT_EQ(added[0], 1) << "no piece left for number " << i;
    victim.kill();
  }
  EXPECT_EQ(shards[0].sum(), 10u * static_cast<unsigned>(killed));
}

TEST(ShardedTest, APieceIsGivenBackWithItsView) {
  Count count;
  for (int i = 0; i < 200; ++i) {
    Count other = Count::open(count.address());
    other.add(1);
    Count moved = std::move(other);
    moved.add(1);
  }
  EXPECT_EQ(count.load(), 400);
  SharedArray<sharded::Shards> shards(1);
  shards[0].init();
  std::int64_t rest = 0;
  for (int i = 0; i < 200; ++i) {
    sharded::Policy::Counter<std::int64_t> view(shards[0], rest);
    view.add(1);
  }
  EXPECT_EQ(rest, 0) << "a piece was there each time";
  EXPECT_EQ(shards[0].sum(), 200u);
}

// What is stored counts from there: the additions of others are before it or after it.
TEST(ShardedTest, StoringLosesNoAdditions) {
  constexpr std::int64_t kAdds = 300'000, kStored = std::int64_t{1} << 40;
  Count count(0);
  SharedArray<std::atomic<std::int64_t>> made(1);
  Child adder([&] {
    for (std::int64_t i = 1; i <= kAdds; ++i) {
      count.add(1);
      made[0] = i;
    }
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return made[0] > 0; }));
  const std::int64_t before = made[0];
  count.store(kStored);
  const std::int64_t after = made[0];
  EXPECT_TRUE(adder.succeeded());
  const std::int64_t later = count.load() - kStored;  // additions after the store
  EXPECT_GE(later, kAdds - after - 1);
  EXPECT_LE(later, kAdds - before);
}

TEST(ShardedTest, OfStoresAtOnceTheLastOneCounts) {
  for (int round = 0; round < 300; ++round) {
    Count count(100);
    count.add(5);
    SharedArray<std::atomic<int>> ready(1);
    const auto store = [&](std::int64_t x) {
      meet(ready[0], 2);
      count.store(x);
      return true;
    };
    Child other([&] { return store(7); });
    store(9);
    EXPECT_TRUE(other.succeeded());
    const std::int64_t found = count.load();
    ASSERT_TRUE(found == 7 || found == 9) << found;
  }
}

TEST(ShardedTest, ManyWhoClaimAtOnceHaveAPieceEach) {
  constexpr int kUsers = 8, kRounds = 7;
  SharedArray<sharded::Shards> shards(1);
  shards[0].init();
  SharedArray<std::atomic<int>> users_of(sharded::Shards::kCount), ready(kRounds);
  std::vector<Child> users;
  for (int user = 0; user < kUsers; ++user)
    users.emplace_back([&] {
      for (std::size_t round = 0; round < kRounds; ++round) {
        meet(ready[round], kUsers);
        const sharded::Shard* piece = shards[0].claim();
        const auto offset =
            reinterpret_cast<const char*>(piece) - reinterpret_cast<const char*>(shards.data());
        ++users_of[static_cast<std::size_t>(offset) / kCacheLine];
      }
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  int claimed = 0;
  for (std::size_t i = 0; i < sharded::Shards::kCount; ++i) {
    EXPECT_LE(users_of[i], 1) << "piece " << i;
    claimed += users_of[i];
  }
  EXPECT_EQ(claimed, kUsers * kRounds);
}

TEST(ShardedTest, AKilledAdderLosesNoAcknowledgedAddition) {
  Count count(0);
  SharedArray<std::atomic<std::int64_t>> made(1);
  const int kills = kill_count();
  for (int kill = 0; kill < kills; ++kill) {
    const std::int64_t before = made[0];
    Child victim([&] {
      for (;; ++made[0]) count.add(1);
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return made[0] > before; }));
    ::usleep(static_cast<useconds_t>(97 * kill % 1'000));
    victim.kill();
  }
  EXPECT_GE(count.load(), made[0]);
  EXPECT_LE(count.load(), made[0] + kills);
}

}  // namespace
}  // namespace share::test
