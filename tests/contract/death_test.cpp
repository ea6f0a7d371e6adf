// The promise about death: a user is killed in the middle of an update, and the others then find
// what the backend declares. A backend that declares that it hangs must hang.
#include <random>

#include "tests/contract/contract_test.hpp"
#include "tests/contract/ring_operation.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

/// Kills its process at the second element of a slice: between the first write and the end.
struct DieInTheMiddle {
  static constexpr std::string_view name = "test.die";
  static inline thread_local int calls = 0;
  double operator()(double x) const noexcept {
    if (++calls == 2) ::kill(::getpid(), SIGKILL);
    return x + 1;
  }
  void operator()(std::span<double> xs) const noexcept {
    for (double& x : xs) x = (*this)(x);
  }
};

struct AddOne {
  static constexpr std::string_view name = "test.add_one";
  double operator()(double x) const noexcept { return x + 1; }
  void operator()(std::span<double> xs) const noexcept {
    for (double& x : xs) x = (*this)(x);
  }
};

template <class B>
class Death : public ContractTest<B> {};
TYPED_TEST_SUITE(Death, AsTestTypes<AllBackends>::Types, BackendNames);

template <class B>
class DeathInASlice : public ContractTest<B> {
 protected:
  /// Another user updates the same objects; true when it could.
  Child start_survivor() {
    return this->start_user([](B& backend) {
      auto array = backend.template array<double>("array", 64);
      array.transform(0, 4, AddOne{});
      return true;
    });
  }
};
TYPED_TEST_SUITE(DeathInASlice, AllWithArrays, BackendNames);

TYPED_TEST(DeathInASlice, DoesWhatIsDeclared) {
  if (!this->kStores) GTEST_SKIP() << "never calls an operation";
  if (TypeParam::traits.runs_in == RunsIn::server)
    GTEST_SKIP() << "operations run in the server; see AtRandomTimes";
  Child victim = this->start_user([](TypeParam& backend) {
    auto array = backend.template array<double>("array", 64);
    array.transform(0, 4, DieInTheMiddle{});
    return true;
  });
  ASSERT_EQ(victim.ended_by(), SIGKILL);

  Child survivor = this->start_survivor();
  switch (TypeParam::traits.on_death) {
    case OnDeath::stateless:
    case OnDeath::recovers:
      EXPECT_TRUE(survivor.succeeded());
      break;
    case OnDeath::poisons:
      EXPECT_FALSE(survivor.succeeded());
      break;
    case OnDeath::hangs:
      EXPECT_FALSE(survivor.ends_within(1500ms)) << "declared to hang, but it does not";
      survivor.kill();
      break;
  }
}

TYPED_TEST(Death, AtRandomTimesLosesNoAcknowledgedUpdate) {
  if (TypeParam::traits.on_death == OnDeath::hangs ||
      TypeParam::traits.on_death == OnDeath::poisons)
    GTEST_SKIP() << "declares that it does not survive, as tested above";
  if (!this->kStores) GTEST_SKIP() << "stores nothing, by promise";
  const int kills = kill_count();
  std::mt19937 random(20261123);
  std::uniform_int_distribution<int> delay_us(0, 3000);
  SharedArray<std::atomic<std::int64_t>> acknowledged(1);
  SharedArray<std::atomic<int>> started(1);
  for (int kill = 0; kill < kills; ++kill) {
    started[0] = 0;
    Child victim = this->start_user([&](TypeParam& backend) {
      auto counter = backend.template value<std::int64_t>("counter");
      started[0] = 1;
      while (true) {
        counter.add(1);
        acknowledged[0].fetch_add(1);
      }
      return true;
    });
    ASSERT_TRUE(becomes_true([&] { return started[0] == 1; }));
    ::usleep(static_cast<useconds_t>(delay_us(random)));
    victim.kill();
  }
  SharedArray<std::int64_t> found(1);
  ASSERT_TRUE(this->in_user([&](TypeParam& backend) {  // the survivors go on
    auto counter = backend.template value<std::int64_t>("counter");
    found[0] = counter.load();
    return adds(counter, 1, found[0]);
  }));
  // Each victim may have died between its last addition and the acknowledgement.
  EXPECT_GE(found[0], acknowledged[0].load());
  EXPECT_LE(found[0], acknowledged[0].load() + kills);
}

TYPED_TEST(Death, OfTheOwnerLeavesNothing) {
  const int shared = count_shared_memory();
  SharedArray<pid_t> server(1);
  SharedArray<std::atomic<int>> started(1);
  Child owner([&] {
    auto owned = TypeParam::create({1024, {}});
    owned.template add_value<std::int64_t>("x");
    if (!owned.server_pids().empty()) server[0] = owned.server_pids().front();
    started[0] = 1;
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return started[0] == 1; }));
  owner.kill();
  EXPECT_EQ(count_shared_memory(), shared);
  if (server[0] != 0) {
    EXPECT_TRUE(becomes_true([&] { return has_ended(server[0]); }))
        << "server " << server[0] << " outlives its owner";
  }
}

}  // namespace
}  // namespace share::test
