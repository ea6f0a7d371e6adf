// Bytes that no client sends: whatever arrives, the Dispatcher answers with a well-formed reply
// (which handle() checks) and goes on serving. Meant to be run under the address sanitizer as well.
#include <gtest/gtest.h>

#include <random>
#include <share/manager/operations.hpp>
#include <string>

#include "requests.hpp"

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;
using protocol::Status;

constexpr std::uint64_t kCounter = 1;
constexpr std::uint64_t kNumbers = 2;
constexpr std::uint64_t kList = 3;
constexpr std::uint64_t kDict = 4;
constexpr std::uint64_t kQueue = 5;
constexpr std::uint64_t kLock = 6;

class HostileBytes : public testing::Test {
 protected:
  HostileBytes() {
    register_operation<Doubled, double>();
    handle(dispatcher_, Operation::create_value, 0, {"counter", "q"});
    handle(dispatcher_, Operation::create_array, 0, {"numbers", "d", 100});
    handle(dispatcher_, Operation::create_object, 0, {"list", "list"});
    handle(dispatcher_, Operation::create_object, 0, {"dict", "dict"});
    handle(dispatcher_, Operation::create_object, 0, {"queue", "queue"});
    handle(dispatcher_, Operation::create_object, 0, {"lock", "lock"});
  }

  // One valid request of each operation.
  std::vector<Bytes> requests() const {
    return {request_bytes(Operation::hello, 0, {}),
            request_bytes(Operation::ping, 0, {}),
            request_bytes(Operation::create_value, 0, {"new", "d"}),
            request_bytes(Operation::create_array, 0, {"more", "i", 10}),
            request_bytes(Operation::find, 0, {"numbers"}),
            request_bytes(Operation::load, kCounter, {}),
            request_bytes(Operation::store, kCounter, {70000}),
            request_bytes(Operation::add, kCounter, {-70000}),
            request_bytes(Operation::read, kNumbers, {3, 50}),
            request_bytes(Operation::write, kNumbers,
                          {90, json::binary(std::vector<std::uint8_t>(80))}),
            request_bytes(Operation::transform, kNumbers, {0, 100, "test.doubled"}),
            request_bytes(Operation::create_object, 0, {"third", "namespace"}),
            request_bytes(Operation::call, kList, {"append", {{1, "two", {{"k", 3.5}}}}}),
            request_bytes(Operation::call, kList, {"slice", {-3, nullptr, 2}}),
            request_bytes(Operation::call, kList, {"repeat", {2}}),
            request_bytes(Operation::call, kList, {"pop", json::array()}),
            request_bytes(Operation::call, kDict, {"update", {{{"a", 1}, {"b", {1, 2}}}}}),
            request_bytes(Operation::call, kDict, {"add", {"a", 1}}),
            request_bytes(Operation::call, kDict, {"popitem", json::array()}),
            request_bytes(Operation::call, kQueue, {"put", {"item", 1000}}),
            request_bytes(Operation::call, kQueue, {"get", {0}}),
            request_bytes(Operation::call, kQueue, {"confirm", {77}}),
            request_bytes(Operation::call, kLock, {"acquire", {1000}}),
            request_bytes(Operation::call, kLock, {"release", json::array()}),
            request_bytes(Operation::batch, 0, {2, 8, kCounter, 1, 6, kCounter}),
            request_bytes(Operation::leave, 0, {})};
  }

  void expect_serving() {
    EXPECT_EQ(handle(dispatcher_, Operation::store, kCounter, {5}).status, Status::ok);
    EXPECT_EQ(handle(dispatcher_, Operation::add, kCounter, {1}).results.at(0), 5);
  }

  Dispatcher dispatcher_{{.max_object_bytes = 4 << 20}};
  std::string identity_;
  msgpack::Writer reply_;
};

TEST_F(HostileBytes, EveryTruncationIsMalformedOrACompleteShorterRequest) {
  for (const Bytes& request : requests()) {
    for (std::size_t size = 0; size < request.size(); ++size) {
      const Bytes part(request.begin(), request.begin() + std::ptrdiff_t(size));
      const Answer answer = handle(dispatcher_, part);
      EXPECT_EQ(answer.status, Status::malformed)
          << "operation " << int(request[5]) << ", " << size;
      EXPECT_EQ(answer.request, size < protocol::kHeaderBytes ? 0U : 77U);
    }
  }
  expect_serving();
}

TEST_F(HostileBytes, RandomMutationsAreAnswered) {
  std::mt19937 random(4711);
  const std::vector<Bytes> originals = requests();
  for (int round = 0; round < 60'000; ++round) {
    Bytes bytes = originals[random() % originals.size()];
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      // Behind the magic, where it hurts.
      bytes[4 + random() % (bytes.size() - 4)] = static_cast<std::byte>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 10));
    handle(dispatcher_, bytes);
    dispatcher_.expire(Waits::Clock::now());
    while (dispatcher_.next_answer(identity_, reply_)) read_answer(reply_);
  }
  expect_serving();
}

TEST_F(HostileBytes, NoiseIsAnswered) {
  std::mt19937 random(42);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random() % 64);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    EXPECT_EQ(handle(dispatcher_, bytes).status, Status::malformed);
  }
  expect_serving();
}

}  // namespace
}  // namespace share::manager
