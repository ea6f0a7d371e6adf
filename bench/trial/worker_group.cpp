#include "bench/trial/worker_group.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <share/core/error.hpp>
#include <share/core/futex.hpp>

#include "bench/trial/interrupt.hpp"
#include "bench/trial/trial.hpp"

namespace sharebench {

void fail_for_slots(ControlArea area) {
  for (std::uint32_t w = 0; w < area.header().workers; ++w)
    if (area.slot(w).failed.load(std::memory_order_acquire) != 0)
      throw TrialFailed(fmt::format("worker {}: {}", w, area.slot(w).error));
}

WorkerGroup::WorkerGroup(ControlArea area, int report, std::unique_ptr<WorkerProcesses> workers,
                         std::vector<int> servers)
    : area_(area), report_(report), workers_(std::move(workers)), servers_(std::move(servers)) {}

void WorkerGroup::ask(Phase phase) {
  std::atomic<std::uint32_t>& word = area_.header().phase.word;
  word.store(static_cast<std::uint32_t>(phase), std::memory_order_release);
  share::futex_wake(word);
}

void WorkerGroup::perform(Phase phase, const share::Deadline& deadline) {
  ask(phase);
  wait_for_phase(phase, deadline);
}

void WorkerGroup::wait_for_phase(Phase phase, const share::Deadline& deadline) {
  static constexpr const char* kNames[] = {
      "", "attach", "prepare", "run", "verify", "begin counting", "count", "end counting", "leave"};
  const auto wanted = static_cast<std::uint32_t>(phase);
  std::uint32_t late = 0;
  const bool done = wait_until(deadline, [&] {
    for (late = 0; late < area_.header().workers; ++late)
      if (area_.slot(late).state.load(std::memory_order_acquire) < wanted) return false;
    return true;
  });
  if (!done)
    throw TrialFailed(
        fmt::format("timed out waiting for worker {} to end phase {}", late, kNames[wanted]));
}

bool WorkerGroup::wait_until(const share::Deadline& deadline, const std::function<bool()>& done) {
  while (!done())
    if (!watch(deadline)) return false;
  return true;
}

void WorkerGroup::sleep_until(const share::Deadline& time) {
  while (watch(time)) {
  }
}

bool WorkerGroup::watch(const share::Deadline& deadline) {
  std::vector<pollfd> watched{{report_, POLLIN, 0}};
  for (const int worker : workers_->pidfds()) watched.push_back({worker, POLLIN, 0});
  const std::size_t workers = watched.size() - 1;
  for (const int server : servers_) watched.push_back({server, POLLIN, 0});
  const int ready = poll(watched.data(), watched.size(), deadline.poll_timeout());
  if (ready == -1 && errno != EINTR) throw share::SystemError("poll", "workers", errno);
  if (interrupts() > 1) throw TrialInterrupted();
  if (ready == -1) return true;
  if (ready == 0) return false;
  if (watched[0].revents != 0) {
    eventfd_t ignored;
    (void)eventfd_read(report_, &ignored);
    fail_for_slots(area_);
  }
  for (std::size_t w = 0; w < workers; ++w)
    if (watched[1 + w].revents != 0) fail_for(w);
  for (std::size_t s = 0; s < servers_.size(); ++s)
    if (watched[1 + workers + s].revents != 0)
      throw TrialFailed("the server process ended in the middle of the trial");
  return true;
}

void WorkerGroup::fail_for(std::size_t worker) {
  fail_for_slots(area_);
  const auto end = workers_->wait(worker, share::Deadline::after(std::chrono::seconds(1)));
  throw TrialFailed(fmt::format("worker {} ended in the middle of the trial: {}", worker,
                                end ? end->description : "not reaped"));
}

void WorkerGroup::leave(const share::Deadline& deadline) {
  ask(Phase::leave);
  for (std::uint32_t w = 0; w < area_.header().workers; ++w) {
    const auto end = workers_->wait(w, deadline);
    if (!end) throw TrialFailed(fmt::format("worker {} did not leave", w));
    if (!end->clean) throw TrialFailed(fmt::format("worker {}: {}", w, end->description));
  }
  workers_.reset();
}

}  // namespace sharebench
