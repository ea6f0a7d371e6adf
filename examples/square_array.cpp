// A shared array of 1 2 3 4 is squared by another process under a lock. Prints: 1 4 9 16
#include <iostream>
#include <share/objects/array.hpp>

#include "examples/process.hpp"

int main() {
  try {
    share::Array<double> numbers{1, 2, 3, 4};
    join_process(start_process([&] {
      numbers.update(0, numbers.size(), [](std::span<double> slice) {  // one critical section
        for (double& x : slice) x *= x;
      });
    }));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      std::cout << (i == 0 ? "" : " ") << numbers[i].load();
    std::cout << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
