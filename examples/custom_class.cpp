// Three processes use a managed namespace and an object of a class of this program. Prints:
//   finished: 3
//   mean of 30 values: 14.5
#include <cstdint>
#include <iostream>
#include <share/manager/ipc.hpp>
#include <share/manager/registered.hpp>
#include <vector>

#include "examples/process.hpp"

namespace {

/// Lives in the server, whose one thread calls it: it needs no lock.
class Statistics {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  std::int64_t count() const { return count_; }
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

constexpr int kProcesses = 3;
constexpr int kValues = 10;

}  // namespace

int main() {
  using namespace share::manager;
  try {
    // Before the server starts: it is forked from this program and knows what this program
    // registered.
    register_class<Statistics>(
        "statistics", {method("add", &Statistics::add), method("count", &Statistics::count),
                       method("mean", &Statistics::mean)});
    auto owner = Ipc::create({});
    owner.add_object("results", "statistics");
    owner.add_namespace("state");
    std::vector<pid_t> processes;
    for (int p = 0; p < kProcesses; ++p) {
      processes.push_back(start_process([p, address = owner.address()] {
        Ipc manager = Ipc::open(address);
        RemoteObject results = manager.object("results", "statistics");
        for (int i = 0; i < kValues; ++i)
          results.call("add", {static_cast<double>(p * kValues + i)});
        manager.attributes("state").add("finished", 1);  // in one call, so none is lost
      }));
    }
    for (const pid_t process : processes) join_process(process);

    Ipc manager = Ipc::open(owner.address());
    RemoteObject results = manager.object("results", "statistics");
    std::cout << "finished: " << manager.attributes("state").get("finished").get<std::int64_t>()
              << "\nmean of " << results.call("count").get<std::int64_t>()
              << " values: " << results.call("mean").get<double>() << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
