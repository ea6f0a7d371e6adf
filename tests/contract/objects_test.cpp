// Values and arrays: what is stored is found again, by every process; what does not fit is an
// error.
#include <limits>
#include <numeric>

#include "tests/contract/contract_test.hpp"

namespace share::test {
namespace {

template <class B>
class Objects : public ContractTest<B> {};
TYPED_TEST_SUITE(Objects, AsTestTypes<AllBackends>::Types, BackendNames);
template <class B>
class Arrays : public ContractTest<B> {};
TYPED_TEST_SUITE(Arrays, AllWithArrays, BackendNames);

TYPED_TEST(Objects, NameIsFamilyAndVariantInLowerCase) {
  const std::string name(TypeParam::traits.name);
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789."), std::string::npos);
  EXPECT_FALSE(TypeParam::details().empty());
}

TYPED_TEST(Objects, CounterStartsAtZeroAndKeepsWhatIsStored) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    auto counter = backend.template value<std::int64_t>("counter");
    const bool zero = counter.load() == 0;
    counter.store(-5);
    return zero && counter.load() == -5;
  }));
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {  // another process sees it
    auto counter = backend.template value<std::int64_t>("counter");
    return counter.load() == -5 && adds(counter, 7, -5) && counter.load() == 2;
  }));
}

TYPED_TEST(Arrays, ArrayIsReadWrittenAndTransformedInSlices) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    auto array = backend.template array<double>("array", 64);
    std::vector<double> numbers(10);
    std::iota(numbers.begin(), numbers.end(), 1.0);
    array.write(20, numbers);
    array.transform(22, 3, share::detail::Negated<double>{});
    return array.size() == 64;
  }));
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    auto array = backend.template array<double>("array", 64);
    std::vector<double> found(14);
    array.read(18, found);
    return found == std::vector<double>{0, 0, 1, 2, -3, -4, -5, 6, 7, 8, 9, 10, 0, 0};
  }));
}

TYPED_TEST(Objects, EveryElementTypeKeepsItsExtremes) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  for (const char code : kTypeCodes) {
    with_type(code, [&]<class T>(T) {
      if constexpr (CountsIn<TypeParam, T>) {
        const std::string name(1, code);
        this->owner_->template add_value<T>(name);
        EXPECT_TRUE(this->in_user([&](TypeParam& backend) {
          auto value = backend.template value<T>(name);
          value.store(std::numeric_limits<T>::max());
          const bool high = value.load() == std::numeric_limits<T>::max();
          value.store(std::numeric_limits<T>::lowest());
          return high && value.load() == std::numeric_limits<T>::lowest();
        })) << "type code "
            << code;
      }
    });
  }
}

/// Whether `action` throws E, and nothing else.
template <class E, class Action>
bool throws(Action action) {
  try {
    action();
    return false;
  } catch (const E&) {
    return true;
  }
}

TYPED_TEST(Objects, MismatchesAreTypedErrors) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    return throws<NoSuchObject>([&] { backend.template value<std::int64_t>("nobody"); }) &&
           throws<TypeMismatch>([&] { backend.template value<std::uint64_t>("counter"); });
  }));
  EXPECT_THROW(this->owner_->template add_value<std::int64_t>("counter"), ObjectExists);
}

TYPED_TEST(Arrays, MismatchesAreTypedErrors) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    return throws<NoSuchObject>([&] { backend.template array<double>("nobody", 64); }) &&
           throws<TypeMismatch>([&] { backend.template value<double>("counter"); }) &&
           throws<TypeMismatch>([&] { backend.template array<double>("array", 63); }) &&
           throws<TypeMismatch>([&] { backend.template array<float>("array", 64); }) &&
           throws<TypeMismatch>([&] { backend.template array<double>("counter", 1); });
  }));
}

TYPED_TEST(Arrays, SlicesOutsideAnArrayAreErrors) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam& backend) {
    auto array = backend.template array<double>("array", 64);
    std::vector<double> two(2);
    return throws<RangeError>([&] { array.read(63, two); }) &&
           throws<RangeError>([&] { array.write(63, two); }) &&
           throws<RangeError>([&] { array.read(SIZE_MAX, two); }) &&
           throws<RangeError>([&] { array.transform(1, 64, share::detail::Negated<double>{}); });
  }));
}

TYPED_TEST(Objects, AnAddressThatIsNoneIsRefused) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  EXPECT_TRUE(this->in_user([](TypeParam&) {
    return throws<BadAddress>([] { TypeParam::open("nonsense"); }) &&
           throws<BadAddress>([] { TypeParam::open(""); });
  }));
}

TYPED_TEST(Objects, NothingIsLeftWhenTheOwnerEnds) {
  const int descriptors = count_entries("/proc/self/fd");
  const int shared = count_shared_memory();
  std::vector<pid_t> servers;
  {
    auto owner = TypeParam::create({1024, {}});
    owner.template add_value<std::int64_t>("x");
    servers = owner.server_pids();
  }
  EXPECT_EQ(count_entries("/proc/self/fd"), descriptors);
  EXPECT_EQ(count_shared_memory(), shared);
  for (const pid_t pid : servers) EXPECT_NE(::kill(pid, 0), 0) << "server " << pid << " lives";
}

}  // namespace
}  // namespace share::test
