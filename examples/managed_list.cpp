// Five processes append their number times 10 to a list that a manager's server holds. Prints the
// list: 0 10 20 30 40 in the order in which they came.
#include <algorithm>
#include <iostream>
#include <share/manager/ipc.hpp>
#include <vector>

#include "examples/process.hpp"

int main() {
  using Backend = share::manager::Ipc;
  constexpr int kProcesses = 5;
  try {
    auto owner = Backend::create({});  // the server; it ends with this object
    owner.add_list("numbers");
    std::vector<pid_t> processes;
    for (int index = 0; index < kProcesses; ++index) {
      processes.push_back(start_process([index, address = owner.address()] {
        Backend::open(address).list("numbers").append(index * 10);
      }));
    }
    for (const pid_t process : processes) join_process(process);

    // Only now: a process with a connection has threads, and those do not survive a fork.
    share::manager::Datum::List numbers = Backend::open(owner.address()).list("numbers").copy();
    for (std::size_t i = 0; i < numbers.size(); ++i)
      std::cout << (i == 0 ? "" : " ") << numbers[i].get<std::int64_t>();
    std::cout << "\n";
    std::ranges::sort(numbers);
    return numbers == share::manager::Datum::List{0, 10, 20, 30, 40} ? 0 : 1;
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
