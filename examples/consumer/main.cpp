// Two processes that share a number by its name and an array by inheritance. Prints: 3 1 4 9 16
//   consumer [NAME]
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <share/objects/array.hpp>
#include <string>

int main(int argc, char** argv) {
  try {
    const std::string name = argc > 1 ? argv[1] : "consumer";
    auto finished = share::Value<int>::create(name, 2);
    share::Array<double> numbers{1, 2, 3, 4};
    if (const pid_t pid = fork(); pid == 0) {
      share::Value<int>::open("shm:" + name).add(1);
      numbers.update(0, 4, [](std::span<double> slice) {
        for (double& x : slice) x *= x;
      });
      _exit(0);
    } else if (pid < 0 || waitpid(pid, nullptr, 0) != pid) {
      return 1;
    }
    std::cout << finished.load();
    for (std::size_t i = 0; i < numbers.size(); ++i) std::cout << " " << numbers[i].load();
    std::cout << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
