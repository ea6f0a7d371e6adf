// The checks of histories themselves: they accept what is right and find what is wrong.
#include "histories.hpp"

#include <gtest/gtest.h>

namespace share::manager {
namespace {

Event event(std::uint64_t begin, std::uint64_t end, Action action, std::int64_t argument,
            std::int64_t result = 0, std::int64_t process = 0) {
  return {.begin = begin,
          .end = end,
          .action = action,
          .argument = argument,
          .result = result,
          .process = process};
}
Event added(std::uint64_t begin, std::uint64_t end, std::int64_t before) {
  return event(begin, end, Action::add, 1, before);
}
Event set(std::uint64_t begin, std::uint64_t end, std::int64_t value) {
  return event(begin, end, Action::set, value);
}
Event got(std::uint64_t begin, std::uint64_t end, std::int64_t value) {
  return event(begin, end, Action::get, 0, value);
}

TEST(Histories, ACounterGivesEachNumberOnceAndInOrder) {
  EXPECT_EQ(check_counter({added(0, 5, 1), added(1, 4, 0), added(6, 8, 2)}, 3), "");
  EXPECT_NE(check_counter({added(0, 5, 0), added(1, 4, 0)}, 2), "");  // twice
  EXPECT_NE(check_counter({added(0, 2, 1), added(3, 4, 0)}, 2), "");  // backwards
  EXPECT_NE(check_counter({added(0, 2, 0), added(3, 4, 1)}, 3), "");  // one more than was added
  EXPECT_NE(check_counter({added(0, 2, 0), added(3, 4, 2)}, 2), "");  // beyond the end
  EXPECT_EQ(check_counter({added(0, kNever, 0), added(3, 4, 1)}, 2), "");  // a killed one counted
  EXPECT_EQ(check_counter({added(0, kNever, 0), added(3, 4, 0)}, 1), "");  // or did not
  EXPECT_NE(check_counter({added(0, kNever, 0), added(3, 4, 0)}, 3), "");
}

TEST(Histories, ALockHasOneHolder) {
  const auto holds = [](std::int64_t process, std::uint64_t from, std::uint64_t to) {
    return History{event(from - 1, from, Action::acquire, 0, 1, process),
                   event(to, to + 1, Action::release, 0, 0, process)};
  };
  History history = holds(1, 10, 20);
  for (const Event& e : holds(2, 21, 30)) history.push_back(e);
  EXPECT_EQ(check_lock(history, {}), "");
  for (const Event& e : holds(3, 25, 40)) history.push_back(e);
  EXPECT_NE(check_lock(history, {}), "");
  History killed = {event(9, 10, Action::acquire, 0, 1, 1)};
  EXPECT_NE(check_lock(killed, {}), "");
  EXPECT_EQ(check_lock(killed, {{1, 15}}), "");
  for (const Event& e : holds(2, 14, 30)) killed.push_back(e);
  EXPECT_NE(check_lock(killed, {{1, 15}}), "");
  EXPECT_EQ(check_lock(killed, {{1, 13}}), "");
}

TEST(Histories, AQueueGivesEachValueOnceAndInOrder) {
  const History puts = {event(0, 1, Action::put, 7), event(2, 3, Action::put, 8)};
  const auto with = [&](std::initializer_list<Event> more) {
    History all = puts;
    all.insert(all.end(), more);
    return all;
  };
  EXPECT_EQ(
      check_queue(with({event(4, 5, Action::take, 0, 7), event(6, 7, Action::take, 0, 8)}), 0), "");
  EXPECT_EQ(
      check_queue(with({event(4, 9, Action::take, 0, 7), event(6, 7, Action::take, 0, 8)}), 0), "");
  EXPECT_NE(
      check_queue(with({event(4, 5, Action::take, 0, 8), event(6, 7, Action::take, 0, 7)}), 0), "");
  EXPECT_EQ(
      check_queue(with({event(4, 5, Action::take, 0, 8), event(6, 7, Action::take, 0, 7)}), 1), "");
  EXPECT_NE(
      check_queue(with({event(4, 5, Action::take, 0, 7), event(6, 7, Action::take, 0, 7)}), 9), "");
  EXPECT_NE(check_queue(with({event(4, 5, Action::take, 0, 7)}), 0), "");  // 8 is missing
  EXPECT_EQ(check_queue(with({event(4, 5, Action::take, 0, 7)}), 1), "");
  EXPECT_NE(check_queue(with({event(4, 5, Action::take, 0, 9)}), 2), "");  // never put
}

TEST(Histories, ARegisterIsReadAsItWasWritten) {
  EXPECT_EQ(check_register({set(0, 9, 1), got(1, 2, 0), got(3, 4, 1), got(5, 6, 1)}, 0), "");
  EXPECT_NE(check_register({set(0, 9, 1), got(1, 2, 1), got(3, 4, 0)}, 0), "");  // stale
  EXPECT_NE(check_register({set(0, 1, 1), got(2, 3, 0)}, 0), "");
  EXPECT_NE(check_register({set(0, 1, 1), got(2, 3, 2)}, 0), "");  // from nowhere
  EXPECT_EQ(check_register({set(0, kNever, 1), got(2, 3, 0), got(4, 5, 1), got(6, 7, 1)}, 0), "");
  EXPECT_NE(check_register({set(0, kNever, 1), got(2, 3, 1), got(4, 5, 0)}, 0), "");
  Event swap = event(0, 5, Action::compare_and_set, 0, 1);
  swap.other = 7;
  EXPECT_EQ(check_register({swap, got(6, 8, 7)}, 0), "");
  EXPECT_NE(check_register({swap, swap}, 0), "");  // both cannot have found 0
  EXPECT_NE(check_register({swap, got(6, 8, 0)}, 0), "");
  EXPECT_EQ(check_register({added(0, 5, 1), added(1, 4, 0), got(6, 8, 2)}, 0), "");
  EXPECT_NE(check_register({added(0, 5, 0), added(1, 4, 0)}, 0), "");
}

}  // namespace
}  // namespace share::manager
