// primitives: the uncontended cost of the building blocks, in this process, under plain Google
// Benchmark. These are not trials: nothing is shared with another process, nothing is verified.
#include <benchmark/benchmark.h>

#include <iostream>
#include <share/all.hpp>
#include <share/core/segment.hpp>

#include "bench/command_primitives_manager.hpp"
#include "bench/command_primitives_objects.hpp"
#include "bench/commands.hpp"
#include "bench/exit_status.hpp"

namespace sharebench {
namespace {

/// One addition on a counter of the backend: a lock pair, where it has a lock.
template <class B>
void add_uncontended(benchmark::State& state) {
  auto owner = B::create({0, {}});
  owner.template add_value<std::int64_t>("counter");
  B backend = B::open(owner.address());
  auto counter = backend.template value<std::int64_t>("counter");
  for (auto _ : state) {
    counter.add(1);
    benchmark::ClobberMemory();
  }
}

void create_segment(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const share::Segment segment = share::Segment::create("primitive", bytes);
    benchmark::DoNotOptimize(segment.data());
  }
}

#if SHARE_HAS_ZEROMQ
namespace protocol = share::manager::protocol;

void encode_call(benchmark::State& state) {
  share::manager::msgpack::Writer writer;
  std::uint64_t request = 0;
  for (auto _ : state) {
    writer.clear();
    protocol::encode_add<std::int64_t>(writer, ++request, 7, 1);
    benchmark::DoNotOptimize(writer.bytes().data());
    benchmark::ClobberMemory();
  }
}

void decode_call(benchmark::State& state) {
  share::manager::msgpack::Writer writer;
  protocol::encode_add<std::int64_t>(writer, 1, 7, 1);
  for (auto _ : state) {
    protocol::Header header;
    std::int64_t amount = 0;
    bool good = protocol::read_header(writer.bytes(), header);
    share::manager::msgpack::Reader reader(writer.bytes().subspan(protocol::kHeaderBytes));
    good = good && protocol::read_element(reader, amount) == protocol::Status::ok;
    benchmark::DoNotOptimize(good);
    benchmark::DoNotOptimize(amount);
    benchmark::ClobberMemory();
  }
}
#endif

}  // namespace

int run_primitives(const Options& options) {
  share::AllBackends::for_each([]<class B>() {
    if (!B::traits.remote)
      benchmark::RegisterBenchmark(("add/" + std::string(B::traits.name)).c_str(),
                                   add_uncontended<B>);
  });
  register_object_primitives();
  benchmark::RegisterBenchmark("segment/create", create_segment)->Arg(1 << 12)->Arg(1 << 20);
#if SHARE_HAS_ZEROMQ
  benchmark::RegisterBenchmark("manager/encode_add", encode_call);
  benchmark::RegisterBenchmark("manager/decode_add", decode_call);
  register_manager_primitives();
#endif

  std::vector<std::string> copies = {"sharebench"};
  copies.insert(copies.end(), options.rest.begin(), options.rest.end());
  std::vector<char*> words;
  for (std::string& word : copies) words.push_back(word.data());
  int count = static_cast<int>(words.size());
  benchmark::Initialize(&count, words.data());
  if (benchmark::ReportUnrecognizedArguments(count, words.data())) return kExitUsage;
  return benchmark::RunSpecifiedBenchmarks() == 0 ? kExitNothingToDo : kExitOk;
}

}  // namespace sharebench
