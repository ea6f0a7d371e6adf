// The promise about updates, with several processes at once: an exact backend has every update
// once, and the values that add() returns are a permutation; a lossy one loses some, else it is no
// control.
#include <algorithm>

#include "bench/workloads/ring.hpp"
#include "tests/contract/contract_test.hpp"
#include "tests/contract/ring_operation.hpp"

namespace share::test {
namespace {

template <class B>
class UpdatesOf : public ContractTest<B> {
 protected:
  static constexpr bool kRemote = kIsManager<B>;
  static constexpr std::int64_t kAdds = kRemote ? 2'000 : B::traits.spins ? 5'000 : 200'000;
  using Counter = decltype(std::declval<B&>().template value<std::int64_t>(std::string_view()));
  static constexpr bool kFetches = FetchingCounter<Counter, std::int64_t>;
  static constexpr int kUsers = 4;
  static constexpr std::int64_t kTotal = kAdds * kUsers;

  /// All users add at once; the value afterwards. `returned` gets what add() returned.
  std::int64_t add_together(SharedArray<std::int64_t>& returned) {
    return together(returned, [](auto& counter) -> std::int64_t {
      if constexpr (kFetches) return counter.add(1);
      counter.add(1);
      return 0;
    });
  }

  template <class Once>
  std::int64_t together(SharedArray<std::int64_t>& returned, Once once) {
    SharedArray<std::atomic<int>> ready(1);
    std::vector<Child> users;
    for (int user = 0; user < kUsers; ++user)
      users.push_back(this->start_user([&, user](B& backend) {
        auto counter = backend.template value<std::int64_t>("counter");
        meet(ready[0], kUsers);
        for (std::int64_t i = 0; i < kAdds; ++i)
          returned[static_cast<std::size_t>(user * kAdds + i)] = once(counter);
        return true;
      }));
    for (Child& user : users) EXPECT_TRUE(user.succeeded());
    SharedArray<std::int64_t> found(1);
    EXPECT_TRUE(this->in_user([&](B& backend) {
      found[0] = backend.template value<std::int64_t>("counter").load();
      return true;
    }));
    return found[0];
  }
};
TYPED_TEST_SUITE(UpdatesOf, AsTestTypes<AllBackends>::Types, BackendNames);

TYPED_TEST(UpdatesOf, CounterKeepsThePromise) {
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  SharedArray<std::int64_t> returned(static_cast<std::size_t>(this->kTotal));
  std::int64_t found = this->add_together(returned);
  if (TypeParam::traits.updates == Updates::exact) {
    EXPECT_EQ(found, this->kTotal);
    if (!this->kFetches) return;
    std::vector<std::int64_t> values(returned.data(), returned.data() + this->kTotal);
    std::sort(values.begin(), values.end());
    for (std::int64_t i = 0; i < this->kTotal; ++i)
      ASSERT_EQ(values[static_cast<std::size_t>(i)], i) << "add() returned a value twice or never";
    return;
  }
  // On a busy machine the users may run one after the other, and then even a control loses nothing.
  std::int64_t due = this->kTotal;
  for (; found == due && due < 50 * this->kTotal; due += this->kTotal)
    found = this->add_together(returned);
  EXPECT_LT(found, due) << "a control that loses nothing tests nothing";
}

// update() with code of one's own is the same read-modify-write as add().
TYPED_TEST(UpdatesOf, UpdateKeepsThePromise) {
  using View = typename TestFixture::Counter;
  if constexpr (!UpdatableCounter<View, std::int64_t>) {
    GTEST_SKIP() << "takes no code";
  } else {
    if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
    SharedArray<std::int64_t> returned(static_cast<std::size_t>(this->kTotal));
    const auto once = [](View& counter) {
      return counter.update([](std::int64_t x) { return x + 1; });
    };
    std::int64_t found = this->together(returned, once);
    if (TypeParam::traits.updates == Updates::exact) {
      EXPECT_EQ(found, this->kTotal);
      std::sort(returned.data(), returned.data() + this->kTotal);
      for (std::int64_t i = 0; i < this->kTotal; ++i)
        ASSERT_EQ(returned[static_cast<std::size_t>(i)], i)
            << "a value was returned twice or never";
      return;
    }
    std::int64_t due = this->kTotal;
    for (; found == due && due < 50 * this->kTotal; due += this->kTotal)
      found = this->together(returned, once);
    EXPECT_LT(found, due) << "a control that loses nothing tests nothing";
  }
}

template <class B>
class TransformsOf : public UpdatesOf<B> {};
TYPED_TEST_SUITE(TransformsOf, AllWithArrays, BackendNames);

TYPED_TEST(TransformsOf, KeepThePromise) {
  if (TypeParam::traits.updates != Updates::exact)
    GTEST_SKIP() << "promises nothing about elements";
  using sharebench::kRing;
  constexpr std::size_t kSlice = 8;
  const int passes = this->kRemote || TypeParam::traits.spins ? 100 : 5'000;
  const auto elements = this->kElements;
  ASSERT_TRUE(this->in_user([&](TypeParam& backend) {
    auto array = backend.template array<double>("array", elements);
    array.write(0, std::vector<double>(elements, kRing[0]));
    return true;
  }));
  SharedArray<std::atomic<int>> ready(1);
  std::vector<Child> users;
  for (int user = 0; user < this->kUsers; ++user)
    users.push_back(this->start_user([&](TypeParam& backend) {
      auto array = backend.template array<double>("array", elements);
      meet(ready[0], this->kUsers);
      for (int pass = 0; pass < passes; ++pass)
        for (std::size_t first = 0; first < elements; first += kSlice)
          array.transform(first, kSlice, RingOperation{});
      return true;
    }));
  for (Child& user : users) ASSERT_TRUE(user.succeeded());
  EXPECT_TRUE(this->in_user([&](TypeParam& backend) {
    auto array = backend.template array<double>("array", elements);
    std::vector<double> found(elements);
    array.read(0, found);
    const double due = kRing[static_cast<std::size_t>(passes * this->kUsers) % kRing.size()];
    return std::all_of(found.begin(), found.end(), [&](double x) { return x == due; });
  }));
}

}  // namespace
}  // namespace share::test
