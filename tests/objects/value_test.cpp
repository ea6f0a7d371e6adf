// Value, Array and Lock as a program uses them that does not know the harness.
#include <mutex>
#include <numeric>
#include <share/core/error.hpp>
#include <share/mutex/mcs.hpp>
#include <share/mutex/pthread.hpp>
#include <share/objects/array.hpp>
#include <share/objects/lock.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

struct Point {
  double x, y;
  bool operator==(const Point&) const = default;
};

TEST(ValueTest, IsOneForAllWhoInheritIt) {
  Value<std::int64_t> value(40);
  Child child([&] { return value.add(2) == 40 && value.load() == 42; });
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(value.load(), 42);
}

template <class V>
class CountingValue : public ::testing::Test {};
using ExactValues = ::testing::Types<Value<std::int64_t>, Value<std::int64_t, mutex::PlainMutex>,
                                     Value<std::int64_t, mutex::McsLock>, AtomicValue<std::int64_t>,
                                     Value<double>, Value<std::uint32_t>>;
TYPED_TEST_SUITE(CountingValue, ExactValues);

TYPED_TEST(CountingValue, LosesNothing) {
  TypeParam value;
  constexpr int kUsers = 3, kAdds = 2'000;
  std::vector<Child> users;
  for (int i = 0; i < kUsers; ++i)
    users.emplace_back([&] {
      for (int n = 0; n < kAdds; ++n) value.add(1);
      for (int n = 0; n < kAdds; ++n)
        value.update([](auto x) { return static_cast<decltype(x)>(x + 1); });
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(value.load(), static_cast<typename TypeParam::value_type>(2 * kUsers * kAdds));
}

template <class T>
class ValueOf : public ::testing::Test {};
using AllTypes = ::testing::Types<char, wchar_t, std::int8_t, std::uint8_t, std::int16_t,
                                  std::uint16_t, std::int32_t, std::uint32_t, long, unsigned long,
                                  std::int64_t, std::uint64_t, float, double, Point>;
TYPED_TEST_SUITE(ValueOf, AllTypes);

TYPED_TEST(ValueOf, EveryTypeCrossesTheProcessBorder) {
  TypeParam first{}, second{};
  if constexpr (std::is_arithmetic_v<TypeParam>) {
    first = std::numeric_limits<TypeParam>::lowest();
    second = std::numeric_limits<TypeParam>::max();
  } else {
    second = {1.5, -2.5};
  }
  Value<TypeParam> guarded(first);
  RawValue<TypeParam> raw(first);
  Array<TypeParam> array{first, second};
  Child child([&] {
    const bool seen = guarded.load() == first && raw.load() == first &&
                      array.at(0).load() == first && array.at(1).load() == second;
    guarded.store(second);
    raw.store(second);
    array[0].store(second);
    return seen;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(guarded.load(), second);
  EXPECT_EQ(raw.load(), second);
  EXPECT_EQ(array.at(0).load(), second);
}

TEST(ValueTest, ACopyIsANewObject) {
  Value<int> value(1);
  Value<int> copy(value);
  copy.add(1);
  EXPECT_EQ(value.load(), 1);
  EXPECT_EQ(copy.load(), 2);
  Array<int> array(std::vector{1, 2, 3});
  Array<int> other(array);
  other.at(0).store(9);
  EXPECT_EQ(array.at(0).load(), 1);
  EXPECT_EQ(other.at(2).load(), 3);
  const Value<int> moved(std::move(copy));
  EXPECT_EQ(moved.load(), 2);
}

TEST(ValueTest, AStructureIsUpdatedAsAWhole) {
  Value<Point> point(Point{1, 1});
  std::vector<Child> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&] {
      for (int n = 0; n < 2'000; ++n) point.update([](Point p) { return Point{p.x + 1, p.y * 1}; });
      for (int n = 0; n < 2'000; ++n) {
        const std::scoped_lock guard(point.get_lock());
        Point& p = point.get_obj();
        if (p.y != 1) return false;
        p.y = 2;
        p.x += 1;
        p.y = 1;
      }
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(point.load(), (Point{1 + 3 * 4'000, 1}));
}

TEST(ValueTest, UnrelatedProcessesFindItByName) {
  const std::string name = fresh_name();
  Value<std::int64_t> mine = Value<std::int64_t>::create(name, 7);
  EXPECT_EQ(mine.address(), "shm:" + name);
  Child other([&] {
    Value<std::int64_t> there = Value<std::int64_t>::open("shm:" + name);
    return there.add(1) == 7;
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(mine.load(), 8);
  EXPECT_THROW(Value<std::int64_t>::create(name), ObjectExists);
}

TEST(ValueTest, GoesWithTheLast) {
  const std::string name = fresh_name();
  {
    const auto array = Array<int>::create(name, 100);
    EXPECT_EQ(Array<int>::open("shm:" + name).size(), 100u);
  }
  EXPECT_THROW(Array<int>::open("shm:" + name), NoSuchObject);
}

TEST(ValueTest, IsNotSeenBeforeItHasItsValue) {
  const std::string name = fresh_name();
  SharedArray<std::atomic<int>> seen(1);
  Child maker([&] {
    const std::vector<int> sevens(1'000, 7);
    while (seen[0] < 100) try {
        Array<int>::create(name, sevens);
      } catch (const ObjectExists&) {  // the other still has it
      }
    return true;
  });
  while (seen[0] < 100) try {
      const auto array = Array<int>::open("shm:" + name, 1'000);
      std::array<int, 1'000> all;
      array.read(0, all);
      ASSERT_EQ(std::ranges::count(all, 7), 1'000);
      ++seen[0];
    } catch (const NoSuchObject&) {
      ASSERT_FALSE(maker.ends_within(0ms));
    }
  EXPECT_TRUE(maker.succeeded());
}

TEST(ValueTest, AnInheritedDescriptorIsAnAddressToo) {
  Array<double> array{1, 2, 3};
  Array<double> again = Array<double>::open(array.address(), 3);
  again.at(1).add(5.0);
  EXPECT_EQ(array.at(1).load(), 7);
}

TEST(ArrayTest, SlicesAndElementsAreCheckedAndUpdatedTogether) {
  Array<double> array(4);
  array.write(1, std::array{2.0, 3.0});
  std::array<double, 4> all;
  array.read(0, all);
  EXPECT_EQ(all, (std::array{0.0, 2.0, 3.0, 0.0}));
  array.update(1, 2, [](std::span<double> slice) {
    for (double& x : slice) x *= x;
  });
  EXPECT_EQ(array.at(2).load(), 9);
  EXPECT_THROW(array.at(4), RangeError);
  EXPECT_THROW(array.write(3, std::array{1.0, 2.0}), RangeError);
  EXPECT_THROW(array.update(5, 0, [](std::span<double>) {}), RangeError);
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(Array<double> too_large(kMost), RangeError);
}

TEST(ValueTest, ABooleanIsNoNumber) {
  const std::string name = fresh_name();
  auto value = Value<bool>::create(name, false);
  value.store(true);
  EXPECT_TRUE(Value<bool>::open("shm:" + name).load());
  EXPECT_THROW(Value<std::int8_t>::open("shm:" + name), TypeMismatch);
}

TEST(ArrayTest, TheWholeIsOneCriticalSection) {
  Array<int> array(64);
  std::vector<Child> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) {
        const std::scoped_lock guard(array.get_lock());
        const int before = array.elements()[0];
        for (int& x : array.elements())
          if (x++ != before) return false;
      }
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(array.at(63).load(), 3'000);
}

TEST(SharedLockTest, GivingBackWhatOneDoesNotHoldIsATypedError) {
  Lock lock;
  EXPECT_THROW(lock.unlock(), NotHeldHere);
  lock.lock();
  Child other([&] {
    try {
      lock.unlock();
    } catch (const NotHeldHere&) {
      return !lock.try_lock();
    }
    return false;
  });
  EXPECT_TRUE(other.succeeded());
  lock.unlock();
  EXPECT_THROW(lock.unlock(), NotHeldHere);
}

TEST(SharedLockTest, GuardsWhatItsUsersAgreeOnAndSurvivesItsHolder) {
  const std::string name = fresh_name();
  Lock lock = Lock::create(name);
  SharedArray<std::atomic<int>> held(1);
  Child holder([&] {
    Lock there = Lock::open("shm:" + name);
    const std::scoped_lock guard(there);
    held[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return held[0] == 1; }));
  EXPECT_FALSE(lock.try_lock());
  EXPECT_FALSE(lock.try_lock_for(20ms));
  holder.kill();
  EXPECT_EQ(lock.lock(), mutex::RobustMutex::Acquired::from_the_dead);
  EXPECT_EQ(lock.get_lock().recoveries(), 1u);
  lock.unlock();
}

}  // namespace
}  // namespace share::test
