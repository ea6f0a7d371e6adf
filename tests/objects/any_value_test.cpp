// Values and arrays whose type is chosen by its code at run time: the same objects as the typed
// ones, and nothing is stored as something else.
#include <limits>
#include <share/objects/any_value.hpp>
#include <share/objects/lock.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

/// What the error says that `action` throws.
template <class E, class Action>
std::string complaint(Action action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error, or another one";
  return {};
}

TEST(AnyValueTest, EveryCodeHasItsType) {
  for (const char code : std::string_view("cubBhHiIlLqQfd")) {
    const std::string name = fresh_name();
    AnyValue made = AnyValue::create(name, code, 5);
    EXPECT_EQ(made.load(), AnyValue::open("shm:" + name).load());
    EXPECT_EQ(made.code(), element_code(code));
    made.store(100);
    EXPECT_EQ(made.add(7), AnyValue(code, 100).load());
    EXPECT_EQ(made.load(), AnyValue(code, 107).load());
  }
  EXPECT_EQ(AnyValue('l').code(), 'q');
  EXPECT_EQ(AnyValue('L').code(), 'Q');
}

TEST(AnyValueTest, ABadCodeIsAnErrorThatListsTheValidOnes) {
  for (const char code : {'x', 'n', ' ', '\0'}) {
    const std::string says = complaint<BadTypeCode>([&] { AnyValue value(code); });
    EXPECT_NE(says.find("c u b B h H i I l L q Q f d"), says.npos) << says;
  }
  EXPECT_THROW(AnyArray('?', 3), BadTypeCode);
}

TEST(AnyValueTest, IsTheTypedObject) {
  const std::string name = fresh_name();
  Value<std::int32_t> typed = Value<std::int32_t>::create(name, 41);
  Child other([&] {
    AnyValue any = AnyValue::open("shm:" + name);
    return any.code() == 'i' && any.add(1) == Number(41);
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(typed.load(), 42);

  const std::string numbers = fresh_name();
  AnyArray any = AnyArray::create(numbers, 'd', 4);
  Array<double> opened = Array<double>::open("shm:" + numbers);
  opened.at(2).store(0.5);
  EXPECT_EQ(any.load(2), Number(0.5));
  EXPECT_EQ(any.size(), 4u);
}

TEST(AnyValueTest, WhatTheTypeCannotHoldIsAnErrorAndChangesNothing) {
  AnyValue small('b', -5);
  const std::string says = complaint<NotRepresentable>([&] { small.store(300); });
  EXPECT_EQ(says, "300 is no value of type code 'b', which has the integers -128 to 127");
  EXPECT_THROW(small.store(5.0), NotRepresentable) << "a floating number, though a whole one";
  EXPECT_THROW(small.add(-124), NotRepresentable) << "the sum does not fit";
  EXPECT_THROW(small.add(0.5), NotRepresentable);
  EXPECT_EQ(small.load(), Number(-5));
  EXPECT_EQ(small.add(-123), Number(-5));

  AnyValue positive('Q', std::numeric_limits<std::uint64_t>::max());
  EXPECT_THROW(positive.store(-1), NotRepresentable);
  EXPECT_THROW(positive.add(1), NotRepresentable);
  EXPECT_EQ(positive.add(-1), Number(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_THROW(AnyValue('q', std::numeric_limits<std::uint64_t>::max()), NotRepresentable);

  AnyValue real('d', (std::int64_t{1} << 53));
  EXPECT_THROW(real.store((std::int64_t{1} << 53) + 1), NotRepresentable) << "no double";
  real.store(std::numeric_limits<double>::infinity());
  real.store(std::int64_t{1} << 60);  // larger, but a double
  EXPECT_THROW(real.store((std::int64_t{1} << 60) + 1), NotRepresentable);
  real.store(std::numeric_limits<double>::max());
  EXPECT_THROW(real.add(std::numeric_limits<double>::max()), NotRepresentable);
  EXPECT_EQ(AnyValue('Q', 5).load(), Number(5));
  EXPECT_NE(Number(-1), Number(std::numeric_limits<std::uint64_t>::max()));
  AnyValue single('f', 0.1);  // the nearest float
  EXPECT_EQ(single.load(), Number(0.1F));
  EXPECT_THROW(single.store(1e300), NotRepresentable);
  EXPECT_THROW(single.store((1 << 24) + 1), NotRepresentable);
  single.store(-(1 << 24));
}

TEST(AnyValueTest, ArraysAreCheckedAndWrittenWhollyOrNot) {
  AnyArray array('h', 5);
  array.write(1, std::vector<Number>{10, 20, 30});
  EXPECT_EQ(array.read(0, 5), (std::vector<Number>{0, 10, 20, 30, 0}));
  EXPECT_THROW(array.write(0, std::vector<Number>{1, 2, 70'000}), NotRepresentable);
  EXPECT_EQ(array.load(0), Number(0)) << "none of it";
  EXPECT_THROW(array.write(4, std::vector<Number>{1, 2}), RangeError);
  EXPECT_THROW(array.read(1, SIZE_MAX), RangeError);
  EXPECT_THROW(array.load(5), RangeError);
  EXPECT_THROW(array.store(5, 1), RangeError);
  EXPECT_EQ(array.add(3, 12), Number(30));
  EXPECT_EQ(array.load(3), Number(42));
}

TEST(AnyValueTest, SomethingElseIsNotOpened) {
  const std::string value = fresh_name(), array = fresh_name(), lock = fresh_name();
  const AnyValue made = AnyValue::create(value, 'i');
  const AnyArray others = AnyArray::create(array, 'i', 2);
  const Lock locked = Lock::create(lock);
  EXPECT_THROW(AnyArray::open("shm:" + value), TypeMismatch);
  EXPECT_THROW(AnyValue::open("shm:" + array), TypeMismatch);
  EXPECT_THROW(AnyValue::open("shm:" + lock), TypeMismatch);
  EXPECT_THROW(AnyValue::open("shm:" + fresh_name()), NoSuchObject);
  EXPECT_THROW(AnyValue::open("nowhere"), BadAddress);
}

}  // namespace
}  // namespace share::test
