// The manager backends as their users see them, from one process and from several.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <share/core/error.hpp>
#include <share/manager/getset.hpp>
#include <vector>

#include "processes.hpp"
#include "requests.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

template <class B>
class ManagerBackendTest : public ProcessTest {
 protected:
  typename B::Owner owner_ = B::create({});
};

using AllVariants = testing::Types<Ipc, Tcp, Shm, ShmSpin, ShmBlock, GetSet>;
TYPED_TEST_SUITE(ManagerBackendTest, AllVariants);

TYPED_TEST(ManagerBackendTest, ValuesOfEveryType) {
  for (const char code : kTypeCodes) {
    with_type(code, [&]<class T>(T) { this->owner_.template add_value<T>(std::string(1, code)); });
  }
  TypeParam backend = TypeParam::open(this->owner_.address());
  for (const char code : kTypeCodes) {
    with_type(code, [&]<class T>(T) {
      auto value = backend.template value<T>(std::string(1, code));
      EXPECT_EQ(value.load(), T{0});
      value.store(T{40});
      EXPECT_EQ(value.add(T{2}), T{40});
      EXPECT_EQ(value.load(), T{42});
    });
  }
}

TYPED_TEST(ManagerBackendTest, ArraysLongerThanAMessage) {
  const std::size_t size = 3 * protocol::kChunkBytes / sizeof(double) + 17;
  this->owner_.template add_array<double>("a", size);
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto array = backend.template array<double>("a", size);
  EXPECT_EQ(array.size(), size);
  std::vector<double> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0.5);
  array.write(0, numbers);
  std::vector<double> found(size);
  array.read(0, found);
  EXPECT_EQ(found, numbers);
  array.transform(1, size - 2, Doubled{});
  array.read(0, found);
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_EQ(found[i], i == 0 || i == size - 1 ? numbers[i] : 2 * numbers[i]) << i;
  }
}

TYPED_TEST(ManagerBackendTest, SlicesOutsideTheArrayAreRefused) {
  this->owner_.template add_array<double>("a", 4);
  TypeParam backend = TypeParam::open(this->owner_.address());
  auto array = backend.template array<double>("a", 4);
  std::vector<double> two(2);
  EXPECT_THROW(array.read(3, two), RangeError);
  EXPECT_THROW(array.write(5, two), RangeError);
  EXPECT_THROW(array.transform(std::size_t(-1), 2, Doubled{}), RangeError);
  array.read(4, std::span<double>());
}

TYPED_TEST(ManagerBackendTest, WrongNamesTypesAndAddressesAreRefused) {
  this->owner_.template add_value<std::int64_t>("v");
  EXPECT_THROW(this->owner_.template add_value<double>("v"), ObjectExists);
  TypeParam backend = TypeParam::open(this->owner_.address());
  EXPECT_THROW(backend.template value<std::int64_t>("w"), NoSuchObject);
  EXPECT_THROW(backend.template value<double>("v"), TypeMismatch);
  EXPECT_THROW(backend.template array<std::int64_t>("v", 1), TypeMismatch);
  EXPECT_THROW(TypeParam::open("nonsense"), BadAddress);
  EXPECT_THROW(
      TypeParam::open(TypeParam::traits.name == Tcp::traits.name ? "manager:ipc://@x"
                                                                 : "manager:tcp://127.0.0.1:1"),
      BadAddress);
}

TYPED_TEST(ManagerBackendTest, SaysWhatItIs) {
  EXPECT_TRUE(TypeParam::details().starts_with("libzmq ") ||
              TypeParam::details().starts_with("waiting: "));
  EXPECT_EQ(this->owner_.server_pids().size(), 1U);
  EXPECT_TRUE(this->owner_.inherited_descriptors().empty());
}

// Processes that each add 1 to one counter `each` times and leave what add() returned.
template <class B>
std::vector<Child> start_adders(const std::string& address, SharedArray<std::int64_t>& returned,
                                std::size_t processes, std::size_t each) {
  std::vector<Child> children;
  for (std::size_t p = 0; p < processes; ++p) {
    children.emplace_back([&, p] {
      B backend = B::open(address);
      auto counter = backend.template value<std::int64_t>("counter");
      for (std::size_t i = 0; i < each; ++i) returned[p * each + i] = counter.add(1);
      return true;
    });
  }
  return children;
}

template <class B>
void expect_exact_sum() {
  constexpr std::size_t kProcesses = 4;
  constexpr std::size_t kEach = 2000;
  auto owner = B::create({});
  owner.template add_value<std::int64_t>("counter");
  SharedArray<std::int64_t> returned(kProcesses * kEach);
  for (Child& child : start_adders<B>(owner.address(), returned, kProcesses, kEach)) {
    EXPECT_TRUE(child.succeeded());
  }
  std::vector<std::int64_t> found(returned.data(), returned.data() + returned.size());
  std::ranges::sort(found);
  std::vector<std::int64_t> expected(found.size());
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(found, expected);
  B backend = B::open(owner.address());
  EXPECT_EQ(backend.template value<std::int64_t>("counter").load(),
            std::int64_t{kProcesses * kEach});
}

class SeveralProcesses : public ProcessTest {};

TEST_F(SeveralProcesses, AddExactlyOverIpc) { expect_exact_sum<Ipc>(); }
TEST_F(SeveralProcesses, AddExactlyOverTcp) { expect_exact_sum<Tcp>(); }
TEST_F(SeveralProcesses, AddExactlyOverShm) { expect_exact_sum<Shm>(); }
TEST_F(SeveralProcesses, AddExactlyOverShmThatBlocks) { expect_exact_sum<ShmBlock>(); }

TEST_F(SeveralProcesses, LoseUpdatesWithGetSet) {
  std::int64_t lost = 0;
  for (int round = 0; round < 20 && lost == 0; ++round) {
    auto owner = GetSet::create({});
    owner.add_value<std::int64_t>("counter");
    SharedArray<std::int64_t> returned(2 * 1000);
    for (Child& child : start_adders<GetSet>(owner.address(), returned, 2, 1000)) {
      EXPECT_TRUE(child.succeeded());
    }
    GetSet backend = GetSet::open(owner.address());
    lost = 2000 - backend.value<std::int64_t>("counter").load();
  }
  EXPECT_GT(lost, 0);
}

TEST_F(SeveralProcesses, TransformWholeSlices) {
  auto owner = Ipc::create({});
  owner.add_array<std::int64_t>("a", 64);
  const std::string address = owner.address();
  const auto transform = [&] {
    Ipc backend = Ipc::open(address);
    auto array = backend.array<std::int64_t>("a", 64);
    for (int i = 0; i < 31; ++i) array.transform(0, 64, Doubled{});
    return true;
  };
  const auto look = [&] {
    Ipc backend = Ipc::open(address);
    auto array = backend.array<std::int64_t>("a", 64);
    std::vector<std::int64_t> found(64);
    do {
      array.read(0, found);
      if (std::ranges::count(found, found.front()) != 64) return false;
    } while (found.front() != std::int64_t{1} << 62);
    return true;
  };
  {
    Child first([&] {
      Ipc backend = Ipc::open(address);
      backend.array<std::int64_t>("a", 64).write(0, std::vector<std::int64_t>(64, 1));
      return true;
    });
    EXPECT_TRUE(first.succeeded());
  }
  Child one(transform);
  Child two(transform);
  Child looker(look);
  EXPECT_TRUE(one.succeeded());
  EXPECT_TRUE(two.succeeded());
  EXPECT_TRUE(looker.succeeded());
}

}  // namespace
}  // namespace share::manager
