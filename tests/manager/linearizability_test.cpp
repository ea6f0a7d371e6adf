// Histories of a counter, dictionaries, a queue and a lock, recorded by several processes of which
// some are killed in the middle, must be those of objects that take one operation after the other.
#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <share/core/error.hpp>
#include <vector>

#include "histories.hpp"
#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

constexpr int kWorkers = 3, kKills = 6;
constexpr std::size_t kAllProcesses = kWorkers + kKills;
constexpr std::size_t kMostInARound = 64;
// The release build's tests make more than 10^5 operations together; with a sanitizer each takes
// longer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kShare = 4;
#else
constexpr std::size_t kShare = 1;
#endif

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Notes the operations of one process in memory that outlives it.
class Recorder {
 public:
  Recorder(Event* events, std::atomic<std::size_t>& count, std::int64_t process)
      : events_(events), count_(count), process_(process) {}

  /// @param operate does it and returns the result.
  template <class Operate>
  std::int64_t record(Event event, Operate operate) {
    Event& slot = events_[count_.load()];
    event.process = process_;
    event.begin = now_ns();
    slot = event;
    ++count_;  // from here on it is known to have been called
    const std::int64_t result = operate();
    slot.result = result;
    slot.end = now_ns();
    return result;
  }

 private:
  Event* events_;
  std::atomic<std::size_t>& count_;
  std::int64_t process_;
};

template <class B>
class Linearizability : public ProcessTest {
 protected:
  /// Lets three processes work until they have made so many operations each; meanwhile some are
  /// killed and replaced. @param work one round of operations of a process, at most kMostInARound.
  template <class Work>
  void run(std::size_t operations, Work work) {
    const std::size_t each = operations / kWorkers / kShare;
    events_ = std::make_unique<test::SharedArray<Event>>(kAllProcesses * (each + kMostInARound));
    const auto start = [&](std::size_t process) {
      return std::make_unique<Child>([&, process] {
        B backend = B::open(owner_.address());
        Recorder recorder(&(*events_)[process * (each + kMostInARound)], counts_[process],
                          static_cast<std::int64_t>(process));
        std::mt19937_64 random(process);
        while (counts_[process].load() < each) work(backend, recorder, random);
        return true;
      });
    };
    std::vector<std::unique_ptr<Child>> workers;
    std::vector<std::size_t> number;
    for (std::size_t w = 0; w < kWorkers; ++w) {
      workers.push_back(start(w));
      number.push_back(w);
    }
    std::mt19937 random(4711);
    for (std::size_t kill = 0; kill < kKills; ++kill) {
      const std::size_t victim = random() % kWorkers;
      const std::size_t wanted = (each * (kill % 3 + 1)) / 8 + random() % 16;
      ASSERT_TRUE(test::becomes_true([&] { return counts_[number[victim]].load() >= wanted; }));
      deaths_[static_cast<std::int64_t>(number[victim])] = now_ns();
      workers[victim]->kill();
      number[victim] = kWorkers + kill;
      workers[victim] = start(number[victim]);
    }
    for (auto& worker : workers) EXPECT_TRUE(worker->succeeded());
    for (std::size_t p = 0; p < kAllProcesses; ++p)
      for (std::size_t i = 0; i < counts_[p].load(); ++i)
        history_.push_back((*events_)[p * (each + kMostInARound) + i]);
    EXPECT_GE(history_.size(), each * kWorkers / 2);
  }

  typename B::Owner owner_ = B::create({});
  std::unique_ptr<test::SharedArray<Event>> events_;
  test::SharedArray<std::atomic<std::size_t>> counts_{kAllProcesses};
  std::map<std::int64_t, std::uint64_t> deaths_;
  History history_;
};

TYPED_TEST_SUITE(Linearizability, Transports);

TYPED_TEST(Linearizability, OfACounter) {
  this->owner_.template add_value<std::int64_t>("counter");
  this->run(24'000, [](TypeParam& backend, Recorder& recorder, auto&) {
    auto counter = backend.template value<std::int64_t>("counter");
    for (int i = 0; i < 50; ++i)
      recorder.record({.action = Action::add, .argument = 1}, [&] { return counter.add(1); });
  });
  TypeParam backend = TypeParam::open(this->owner_.address());
  const std::int64_t last = backend.template value<std::int64_t>("counter").load();
  EXPECT_EQ(check_counter(this->history_, last), "");
}

TYPED_TEST(Linearizability, OfADict) {
  constexpr std::int64_t kKeys = 8;
  this->owner_.add_dict("dict");
  {
    TypeParam backend = TypeParam::open(this->owner_.address());
    for (std::int64_t key = 0; key < kKeys; ++key) backend.dict("dict").set(key, 0);
  }
  this->run(18'000, [](TypeParam& backend, Recorder& recorder, auto& random) {
    RemoteDict dict = backend.dict("dict");
    const auto number = [&] { return static_cast<std::int64_t>(random() % 1000); };
    for (int i = 0; i < 50; ++i) {
      Event event{.key = static_cast<std::int64_t>(random() % kKeys)};
      const auto value = [&] { return dict.get(event.key).template get<std::int64_t>(); };
      switch (random() % 4) {
        case 0:
          event.action = Action::set;
          event.argument = number();
          recorder.record(event, [&] { return dict.set(event.key, event.argument), 0; });
          break;
        case 1:
          event.action = Action::add;
          event.argument = number();
          recorder.record(event, [&] {
            return dict.add(event.key, event.argument).template get<std::int64_t>();
          });
          break;
        case 2:
          event.action = Action::compare_and_set;
          event.argument = value();
          event.other = number();
          recorder.record(event, [&] {
            return std::int64_t{dict.compare_and_set(event.key, event.argument, event.other)};
          });
          break;
        default:
          event.action = Action::get;
          recorder.record(event, value);
      }
    }
  });
  std::map<std::int64_t, History> of_key;
  for (const Event& e : this->history_) of_key[e.key].push_back(e);
  EXPECT_EQ(of_key.size(), static_cast<std::size_t>(kKeys));
  for (const auto& [key, history] : of_key) EXPECT_EQ(check_register(history, 0), "") << key;
}

TYPED_TEST(Linearizability, OfAQueue) {
  this->owner_.add_queue("queue");
  this->run(12'000, [](TypeParam& backend, Recorder& recorder, auto& random) {
    RemoteQueue queue = backend.queue("queue");
    for (int i = 0; i < 10; ++i) {
      const auto value = static_cast<std::int64_t>(random() >> 1);
      recorder.record({.action = Action::put, .argument = value},
                      [&] { return queue.put(value), 0; });
      recorder.record({.action = Action::take},
                      [&] { return queue.get().template get<std::int64_t>(); });
    }
  });
  // What is left: a killed process has put and not taken.
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteQueue queue = backend.queue("queue");
  while (queue.size() > 0) {
    const std::uint64_t begin = now_ns();
    const auto value = queue.get().template get<std::int64_t>();
    this->history_.push_back(
        {.begin = begin, .end = now_ns(), .action = Action::take, .result = value});
  }
  EXPECT_EQ(check_queue(this->history_, kKills), "");
}

TYPED_TEST(Linearizability, OfALock) {
  this->owner_.add_lock("lock");
  this->run(8'000, [](TypeParam& backend, Recorder& recorder, auto&) {
    RemoteLock lock = backend.lock("lock");
    for (int i = 0; i < 25; ++i) {
      recorder.record({.action = Action::acquire}, [&] { return lock.lock(), 1; });
      recorder.record({.action = Action::release}, [&] { return lock.unlock(), 0; });
    }
  });
  EXPECT_EQ(check_lock(this->history_, this->deaths_), "");
}

}  // namespace
}  // namespace share::manager
