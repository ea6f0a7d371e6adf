// The calls that are made most often allocate nothing in the server. This file counts allocations
// of the whole test program, so it must not be compiled together with sanitizers, which count their
// own.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "requests.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
thread_local std::uint64_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace share::manager {
namespace {

using nlohmann::json;
using protocol::Operation;

class Allocations : public testing::Test {
 protected:
  Allocations() {
    counter_ = handle(dispatcher_, Operation::create_value, 0, {"counter", "q"}).object;
    numbers_ = handle(dispatcher_, Operation::create_array, 0, {"numbers", "d", 1000}).object;
  }
  /// Of a hundred requests like this, once the first has made the reply's buffer.
  std::uint64_t of(const Bytes& request) {
    msgpack::Writer reply;
    dispatcher_.handle("client", request, reply);
    const std::uint64_t before = allocations;
    for (int i = 0; i < 100; ++i) dispatcher_.handle("client", request, reply);
    return allocations - before;
  }
  Dispatcher dispatcher_{{.first_object = 1}};
  std::uint64_t counter_ = 0, numbers_ = 0;
};

TEST_F(Allocations, CallsOfNumbersAndArraysMakeNone) {
  EXPECT_EQ(of(request_bytes(Operation::add, counter_, {1})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::load, counter_, {})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::store, counter_, {5})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::read, numbers_, {0, 1000})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::ping, 0, {})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::batch, 0, {2, 8, counter_, 1, 6, counter_})), 0U);
  EXPECT_EQ(of(request_bytes(Operation::add, 4711, {1})), 0U);
}

TEST_F(Allocations, TheCounterCounts) {
  const std::uint64_t before = allocations;
  const std::vector<int> some(100);
  EXPECT_GT(allocations, before);
}

}  // namespace
}  // namespace share::manager

#endif
