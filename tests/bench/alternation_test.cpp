#include "bench/trial/alternation.hpp"

#include <gtest/gtest.h>

namespace sharebench {
namespace {

constexpr std::uint64_t kTurn = 1000;

// Ten batches of `calls` calls in each of ten turns: the first three of a turn take 10 ns a call,
// the others 20, the floor's half of that.
void ten_turns(Alternation& alternation, std::uint64_t calls, WorkerSlot& slot) {
  for (std::uint64_t turn = 0; turn < 10; ++turn) {
    const std::uint64_t divisor = Alternation::is_floor(turn * kTurn, kTurn) ? 2 : 1;
    for (std::uint64_t batch = 0; batch < 10; ++batch) {
      const std::uint64_t begin = turn * kTurn + batch * 90;
      alternation.add(begin, begin + calls * (batch < 3 ? 10 : 20) / divisor, kTurn, calls);
    }
  }
  alternation.store(slot);
}

TEST(AlternationTest, TheFirstBatchOfATurnDoesNotCount) {
  Alternation alternation;
  WorkerSlot slot{};
  ten_turns(alternation, 4, slot);
  EXPECT_DOUBLE_EQ(slot.turn_backend_ns, (2 * 10 + 7 * 20) / 9.0);
  EXPECT_DOUBLE_EQ(slot.turn_floor_ns, slot.turn_backend_ns / 2);
}

// Their answers come when the turn is over, so that they look cheaper than they are.
TEST(AlternationTest, CallsThatFillTheWindowDoNotCount) {
  Alternation alternation(10);
  WorkerSlot slot{};
  ten_turns(alternation, 4, slot);
  EXPECT_DOUBLE_EQ(slot.turn_backend_ns, 20);
  EXPECT_DOUBLE_EQ(slot.turn_floor_ns, 10);
}

TEST(AlternationTest, ABatchThatReachesIntoTheNextTurnDoesNotCount) {
  Alternation alternation;
  for (std::uint64_t turn = 0; turn < 10; ++turn) {
    alternation.add(turn * kTurn, turn * kTurn + 100, kTurn, 10);
    alternation.add(turn * kTurn + 100, turn * kTurn + 200, kTurn, 10);
    alternation.add(turn * kTurn + 200, turn * kTurn + 5000, kTurn, 10);
  }
  WorkerSlot slot{};
  alternation.store(slot);
  EXPECT_DOUBLE_EQ(slot.turn_backend_ns, 10);
  EXPECT_DOUBLE_EQ(slot.turn_floor_ns, 10);
}

TEST(AlternationTest, TooFewTurnsGiveNothing) {
  Alternation alternation;
  for (std::uint64_t turn = 0; turn < 4; ++turn)
    for (std::uint64_t batch = 0; batch < 3; ++batch)
      alternation.add(turn * kTurn + batch * 100, turn * kTurn + batch * 100 + 50, kTurn, 5);
  WorkerSlot slot{};
  alternation.store(slot);
  EXPECT_EQ(slot.turn_backend_ns, 0);
  EXPECT_EQ(slot.turn_floor_ns, 0);
}

}  // namespace
}  // namespace sharebench
