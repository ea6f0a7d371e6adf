// What the verification of the workloads of managers finds, and that it finds nothing where nothing
// is.
#include <gtest/gtest.h>

#include <algorithm>

#include "bench/workloads/append.hpp"
#include "bench/workloads/update_by_key.hpp"

namespace sharebench {
namespace {

using Items = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Verification check(const Items& items) {
  AppendCheck check({3, 2});
  for (const auto& [worker, number] : items) check.see(worker, number);
  return check.result();
}

TEST(AppendCheck, FindsWhatIsLostDoubledReorderedOrForeign) {
  struct Case {
    const char* what;
    Items items;
    std::uint64_t lost, extra, corrupted;
  };
  for (const Case& c : std::vector<Case>{
           {"all", {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 2}}, 0, 0, 0},
           {"one lost in the middle", {{0, 0}, {1, 0}, {1, 1}, {0, 2}}, 1, 0, 0},
           {"one lost at the end", {{0, 0}, {1, 0}, {1, 1}, {0, 1}}, 1, 0, 0},
           {"all lost", {}, 5, 0, 0},
           {"one doubled", {{0, 0}, {0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 2}}, 0, 1, 0},
           {"two changed places", {{0, 1}, {0, 0}, {1, 0}, {1, 1}, {0, 2}}, 1, 1, 0},
           {"never sent", {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 0}, {1, 1}}, 0, 1, 0},
           {"of nobody", {{0, 0}, {0, 1}, {0, 2}, {2, 0}, {1, 0}, {1, 1}}, 0, 0, 1}}) {
    const Verification found = check(c.items);
    EXPECT_EQ(found.lost, c.lost) << c.what;
    EXPECT_EQ(found.extra, c.extra) << c.what;
    EXPECT_EQ(found.corrupted, c.corrupted) << c.what;
  }
}

TEST(AppendedItem, AnyByteOfItsBodyThatIsNotItsOwnIsFound) {
  AppendedItem item(24);
  const AppendedItem::Bytes sent = item.of(3, 1000);
  std::uint64_t worker = 0, number = 0;
  ASSERT_TRUE(item.read(sent, worker, number));
  EXPECT_EQ(worker, 3u);
  EXPECT_EQ(number, 1000u);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    AppendedItem::Bytes damaged = sent;
    damaged[i] ^= std::byte{1};
    EXPECT_FALSE(item.read(damaged, worker, number)) << "byte " << i;
  }
  AppendedItem::Bytes mixed = sent;  // the body of another worker's item of that number
  const AppendedItem::Bytes other = item.of(2, 1000);
  std::copy(other.begin() + 8, other.end(), mixed.begin() + 8);
  EXPECT_FALSE(item.read(mixed, worker, number));
  EXPECT_FALSE(item.read(AppendedItem::Bytes(23), worker, number));
}

TEST(KeyWalk, VisitsEveryKeyAndKnowsWhatIsDue) {
  const std::vector<std::uint64_t> calls = {40, 0, 7, 16, 33};
  std::vector<std::uint64_t> visits(16, 0);
  for (std::size_t worker = 0; worker < calls.size(); ++worker) {
    KeyWalk walk(16, worker);
    for (std::uint64_t i = 0; i < calls[worker]; ++i) ++visits[walk.next()];
  }
  EXPECT_EQ(KeyWalk::due(16, calls), visits);
  EXPECT_EQ(KeyWalk::due(1, {3, 4}), std::vector<std::uint64_t>{7});
  for (const std::uint64_t worker : {0u, 1u, 7u, 8u, 1000u})
    EXPECT_EQ(KeyWalk(16, worker).next(), 0u) << "all start together";
  EXPECT_EQ(KeyWalk::due(16, {16, 16, 16}), std::vector<std::uint64_t>(16, 3));
}

}  // namespace
}  // namespace sharebench
