// Two processes add 1 to a shared counter 100,000 times each.
//   shared_counter            under a lock: Final counter value: 200000
//   shared_counter --unsafe   without one: less, and it says by how much
#include <cstring>
#include <iostream>
#include <share/objects/value.hpp>

#include "examples/process.hpp"

namespace {

constexpr int kIncrements = 100'000;

template <class Value>
std::int64_t count_with_two_processes() {
  Value counter(0);
  const auto increment = [&counter] {
    for (int i = 0; i < kIncrements; ++i) counter.add(1);
  };
  const pid_t first = start_process(increment), second = start_process(increment);
  join_process(first);
  join_process(second);
  return counter.load();
}

}  // namespace

int main(int argc, char** argv) {
  const bool unsafe = argc == 2 && std::strcmp(argv[1], "--unsafe") == 0;
  if (argc > 1 && !unsafe) {
    std::cerr << "usage: shared_counter [--unsafe]\n";
    return 2;
  }
  try {
    const std::int64_t value = unsafe ? count_with_two_processes<share::RawValue<std::int64_t>>()
                                      : count_with_two_processes<share::Value<std::int64_t>>();
    std::cout << "Final counter value: " << value << "\n";
    if (unsafe) std::cout << "Lost updates: " << 2 * kIncrements - value << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
