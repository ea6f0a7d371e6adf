// Four processes put the numbers 0 to 49 into one managed list, each only if it is not there yet.
// Looking and appending are two calls, and another process may append between them:
//   check_then_append              two calls: duplicates, and it says how many
//   check_then_append --lock       two calls under a lock of the manager: none
//   check_then_append --one-call   append_if_absent, which the server applies as one: none
#include <iostream>
#include <mutex>
#include <optional>
#include <set>
#include <share/manager/ipc.hpp>
#include <string_view>
#include <vector>

#include "examples/process.hpp"

namespace {

using Backend = share::manager::Ipc;

constexpr int kProcesses = 4;
constexpr int kNumbers = 50;

enum class Way { two_calls, under_a_lock, one_call };

void fill(const std::string& address, Way way) {
  Backend backend = Backend::open(address);
  share::manager::RemoteList list = backend.list("numbers");
  share::manager::RemoteLock lock = backend.lock("lock");
  backend.barrier("start").wait_for(std::chrono::seconds(5));
  for (int number = 0; number < kNumbers; ++number) {
    if (way == Way::one_call) {
      list.append_if_absent(number);
      continue;
    }
    std::unique_lock guard(lock, std::defer_lock);
    if (way == Way::under_a_lock) guard.lock();
    if (!list.contains(number)) list.append(number);
  }
}

std::optional<Way> way_of(int argc, char** argv) {
  if (argc == 1) return Way::two_calls;
  const std::string_view word = argv[1];
  if (argc == 2 && word == "--lock") return Way::under_a_lock;
  if (argc == 2 && word == "--one-call") return Way::one_call;
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Way> way = way_of(argc, argv);
  if (!way) {
    std::cerr << "usage: check_then_append [--lock | --one-call]\n";
    return 2;
  }
  try {
    auto owner = Backend::create({});
    owner.add_list("numbers");
    owner.add_lock("lock");
    owner.add_barrier("start", kProcesses);
    std::vector<pid_t> processes;
    for (int i = 0; i < kProcesses; ++i)
      processes.push_back(start_process([&] { fill(owner.address(), *way); }));
    for (const pid_t process : processes) join_process(process);

    const auto numbers = Backend::open(owner.address()).list("numbers").copy();
    const std::set different(numbers.begin(), numbers.end());
    std::cout << "Numbers: " << different.size() << "\n"
              << "Duplicates: " << numbers.size() - different.size() << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
