// The rows of `primitives` that need a server: calls of a manager one by one, many in flight and
// many in one message, each beside the bare thing it is built on. One client; nothing is contended.
#include "bench/command_primitives_manager.hpp"

#include <benchmark/benchmark.h>

#include <share/manager/ipc.hpp>
#include <string>

#include "bench/floors/echo.hpp"
#include "bench/floors/floor_server.hpp"

namespace sharebench {
namespace {

using share::manager::Ipc;

/// Calls that one iteration of a row makes, whatever their window.
constexpr std::int64_t kCalls = 4096;

/// A server with a counter, a list, a lock and a queue, and one client.
struct Served {
  Ipc::Owner owner = make_owner();
  Ipc backend = Ipc::open(owner.address());
  share::manager::RemoteCounter<std::int64_t> counter = backend.value<std::int64_t>("counter");

  static Ipc::Owner make_owner() {
    Ipc::Owner owner = Ipc::create({0, {"/proc/self/exe", "manager-server"}});
    owner.add_value<std::int64_t>("counter");
    owner.add_lock("lock");
    owner.add_queue("queue");
    return owner;
  }
};

void report_calls(benchmark::State& state, std::int64_t calls) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * calls);
}

void echo_in_flight(benchmark::State& state) {
  const FloorServer server(FloorService::zmq_echo);
  EchoClient client(server.address());
  const std::int64_t window = state.range(0);
  for (auto _ : state) {
    for (std::int64_t sent = 0, received = 0; received < kCalls;) {
      for (; sent < kCalls && sent - received < window; ++sent) client.send();
      client.receive();
      ++received;
    }
  }
  report_calls(state, kCalls);
}

void add_in_flight(benchmark::State& state) {
  Served served;
  auto pipeline = served.backend.pipeline(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kCalls; ++i) pipeline.add(served.counter, std::int64_t{1});
    pipeline.finish();
  }
  report_calls(state, kCalls);
}

void add_in_a_batch(benchmark::State& state) {
  Served served;
  const std::int64_t calls = state.range(0);
  share::manager::RemoteBatch batch = served.backend.batch();
  for (auto _ : state) {
    for (std::int64_t i = 0; i < calls; ++i) batch.add(served.counter, std::int64_t{1});
    auto results = batch.run();
    for (std::int64_t i = 0; i < calls; ++i)
      benchmark::DoNotOptimize(results.next_element<std::int64_t>());
  }
  report_calls(state, calls);
}

void lock_and_unlock(benchmark::State& state) {
  Served served;
  share::manager::RemoteLock lock = served.backend.lock("lock");
  for (auto _ : state) {
    lock.lock();
    lock.unlock();
  }
}

void put_and_get(benchmark::State& state) {
  Served served;
  share::manager::RemoteQueue queue = served.backend.queue("queue");
  for (auto _ : state) {
    queue.put(1);
    benchmark::DoNotOptimize(queue.get());
  }
}

}  // namespace

void register_manager_primitives() {
  // Wall time: most of it is spent in the server.
  const auto add = [](const char* name, void (*row)(benchmark::State&)) {
    return benchmark::RegisterBenchmark(name, row)->UseRealTime();
  };
  add("manager/echo/in_flight", echo_in_flight)->Arg(1)->Arg(64)->Arg(1024);
  add("manager/add/in_flight", add_in_flight)->Arg(1)->Arg(64)->Arg(1024);
  add("manager/add/batch", add_in_a_batch)->Arg(10)->Arg(1000)->Arg(100'000);
  add("manager/lock", lock_and_unlock);
  add("manager/queue", put_and_get);
}

}  // namespace sharebench
