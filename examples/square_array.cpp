// A shared array of 1 2 3 4 is squared by another process under a lock. Prints: 1 4 9 16
#include <array>
#include <iostream>
#include <share/mutex/robust.hpp>
#include <span>

#include "examples/process.hpp"

namespace {

struct Square {
  static constexpr std::string_view name = "example.square";
  double operator()(double x) const { return x * x; }
  void operator()(std::span<double> slice) const {
    for (double& x : slice) x = (*this)(x);
  }
};

}  // namespace

int main() {
  using Backend = share::mutex::Robust;
  try {
    constexpr std::size_t kSize = 4;
    auto owner = Backend::create({kSize * sizeof(double), {}});
    owner.add_array<double>("numbers", kSize);
    Backend backend = Backend::open(owner.address());
    auto numbers = backend.array<double>("numbers", kSize);
    numbers.write(0, std::array{1.0, 2.0, 3.0, 4.0});

    join_process(start_process([&] {
      Backend there = Backend::open(owner.address());
      there.array<double>("numbers", kSize).transform(0, kSize, Square{});  // one critical section
    }));

    std::array<double, kSize> result;
    numbers.read(0, result);
    for (std::size_t i = 0; i < kSize; ++i) std::cout << (i == 0 ? "" : " ") << result[i];
    std::cout << "\n";
  } catch (const share::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
