// A small program of its own that measures increment without the harness: processes that are forked
// and pinned, one shared word, a window cut out by a flag. The harness must agree with it.
//   independent_increment atomic|mutex.robust <processes>      prints nanoseconds an operation
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <share/mutex/robust_mutex.hpp>

namespace {

constexpr int kMost = 16, kBatch = 256;

struct Worker {
  alignas(128) std::atomic<int> ready;
  double rate;  // operations a second in the window
};

struct Shared {
  alignas(128) std::atomic<long> counter;
  alignas(128) share::mutex::RobustMutex mutex;
  alignas(128) long guarded;
  alignas(128) std::atomic<int> phase;  // 1: window open, 2: closed
  Worker workers[kMost];
};

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC_RAW, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void pin(int worker) {
  cpu_set_t allowed, one;
  sched_getaffinity(0, sizeof allowed, &allowed);
  CPU_ZERO(&one);
  int seen = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &allowed) &&
        seen++ == worker % CPU_COUNT(&allowed))
      CPU_SET(static_cast<std::size_t>(cpu), &one);
  sched_setaffinity(0, sizeof one, &one);
}

template <class Add>
void work(Shared& shared, Worker& mine, Add add) {
  long done = 0, at_open = 0;
  double open = 0;
  mine.ready = 1;
  for (int seen = 0; seen < 2;) {
    for (int i = 0; i < kBatch; ++i) add();
    done += kBatch;
    const int phase = shared.phase.load(std::memory_order_acquire);
    if (phase == seen) continue;
    if (phase == 1) {
      open = now();
      at_open = done;
    } else {
      mine.rate = static_cast<double>(done - at_open) / (now() - open);
    }
    seen = phase;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int processes = argc == 3 ? std::atoi(argv[2]) : 0;
  if (processes < 1 || processes > kMost) return 2;
  const bool atomic = std::strcmp(argv[1], "atomic") == 0;
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  Shared& shared = *new (memory) Shared{};
  shared.mutex.init();
  for (int w = 0; w < processes; ++w)
    if (fork() == 0) {
      pin(w);
      if (atomic)
        work(shared, shared.workers[w],
             [&] { shared.counter.fetch_add(1, std::memory_order_relaxed); });
      else
        work(shared, shared.workers[w], [&] {
          shared.mutex.lock();
          shared.guarded = shared.guarded + 1;
          shared.mutex.unlock();
        });
      _exit(0);
    }
  for (int w = 0; w < processes; ++w)
    while (shared.workers[w].ready == 0) usleep(100);
  usleep(50'000);
  shared.phase = 1;
  usleep(100'000);
  shared.phase = 2;
  double rate = 0;
  for (int w = 0; w < processes; ++w) wait(nullptr);
  for (int w = 0; w < processes; ++w) rate += shared.workers[w].rate;
  std::printf("%.6g\n", 1e9 / rate);
  return 0;
}
