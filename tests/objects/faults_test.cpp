// Shared objects that are opened as what they are not, that cannot be made, and whose users die.
#include <sys/resource.h>

#include <share/core/error.hpp>
#include <share/mutex/pthread.hpp>
#include <share/objects/array.hpp>
#include <share/objects/lock.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

template <class Open>
std::string mismatch(Open open) {
  try {
    open();
  } catch (const TypeMismatch& error) {
    return error.what();
  }
  return "no TypeMismatch";
}

TEST(ObjectFaults, OpeningAsSomethingElseIsATypedError) {
  const std::string name = fresh_name(), address = "shm:" + name;
  const auto array = Array<int>::create(name, 4);
  const std::string as_double = mismatch([&] { Array<double>::open(address); });
  EXPECT_NE(as_double.find("array mutex.robust d"), std::string::npos) << as_double;
  EXPECT_NE(as_double.find("array mutex.robust i"), std::string::npos) << as_double;
  EXPECT_NE(mismatch([&] { Array<int>::open(address, 5); }).find("elements 4"), std::string::npos);
  mismatch([&] { Value<int>::open(address); });
  EXPECT_NE(mismatch([&] { Value<int>::open(address); }).find("value"), std::string::npos);
  EXPECT_NE(mismatch([&] { Array<int, mutex::PlainMutex>::open(address); }).find("mutex.pthread"),
            std::string::npos);
  EXPECT_NE(mismatch([&] { Lock::open(address); }).find("lock"), std::string::npos);
  EXPECT_THROW(Array<int>::open("shm:nobody.has.this"), NoSuchObject);
  EXPECT_THROW(Array<int>::open("tcp://1.2.3.4"), BadAddress);
}

// Every byte of the header, with every bit that changes something.
TEST(ObjectFaults, AScribbledHeaderIsAnErrorNotACrash) {
  const std::string name = fresh_name(), address = "shm:" + name;
  const auto array = Array<int>::create(name, 4);
  NamedSegment memory = NamedSegment::open(name);
  for (std::size_t at = 0; at < 256; ++at)
    for (int bit = 1; bit < 256; bit *= 2) {
      const std::byte before = memory.data()[at];
      memory.data()[at] ^= std::byte(bit);
      EXPECT_THROW(Array<int>::open(address), TypeMismatch) << "byte " << at;
      memory.data()[at] = before;
    }
  EXPECT_EQ(Array<int>::open(address, 4).size(), 4u);
}

TEST(ObjectFaults, WithoutDescriptorsOrMemoryThereIsAnErrorAndNothingLeft) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizers need descriptors themselves";
#endif
  Child child([] {
    const int entries = count_shared_memory();
    rlimit before;
    if (getrlimit(RLIMIT_NOFILE, &before) != 0) return false;
    const rlimit none{3, before.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &none) != 0) return false;
    int errors = 0;
    const auto without_descriptors = [&](auto make) {
      try {
        make();
      } catch (const SystemError& error) {
        errors += error.code() == EMFILE;
      }
    };
    without_descriptors([] { Value<int> value(1); });
    without_descriptors([] { Value<int>::create("never", 1); });
    setrlimit(RLIMIT_NOFILE, &before);
    return errors == 2 && count_shared_memory() == entries;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_THROW(Array<char>(std::size_t{1} << 50), NotEnoughMemory);
  EXPECT_THROW(Array<char>::create(fresh_name(), std::size_t{1} << 50), NotEnoughMemory);
}

// Killed at random times, also while it makes, opens and closes: survivors count on, every
// acknowledged update is there, nothing stays in /dev/shm.
TEST(ObjectFaults, KillsAtRandomTimesLoseNothingAndLeaveNothing) {
  const int kills = kill_count();
  const std::string name = fresh_name();
  {
    Value<std::int64_t> value = Value<std::int64_t>::create(name);
    SharedArray<std::atomic<std::int64_t>> acknowledged(1);
    SharedArray<std::atomic<int>> started(1);
    std::uint64_t random = 20261126;
    for (int kill = 0; kill < kills; ++kill) {
      started[0] = 0;
      Child victim([&] {
        for (;; started[0] = 1) {
          Value<std::int64_t> there = Value<std::int64_t>::open("shm:" + name);
          Array<int>::create(name + ".own", 10'000);
          for (int n = 0; n < 50; ++n) {
            there.add(1);
            acknowledged[0].fetch_add(1);
          }
        }
        return true;
      });
      ASSERT_TRUE(becomes_true([&] { return started[0] == 1; }));
      random = random * 6364136223846793005u + 1442695040888963407u;
      ::usleep(static_cast<useconds_t>((random >> 33) % 4'000));
      victim.kill();
    }
    const std::int64_t found = value.add(1);
    EXPECT_GT(acknowledged[0].load(), 0);
    EXPECT_GE(found, acknowledged[0].load());
    EXPECT_LE(found, acknowledged[0].load() + kills);
  }
  const auto sweeping = Value<int>::create(fresh_name());
  EXPECT_FALSE(named_object_exists(name));
  EXPECT_FALSE(named_object_exists(name + ".own"));
}

}  // namespace
}  // namespace share::test
