#include "bench/workloads/square_kernel.hpp"

#if defined(__SANITIZE_THREAD__)
#define UNWATCHED __attribute__((no_sanitize("thread")))
#else
#define UNWATCHED
#endif

namespace sharebench {
namespace {

using Kernel = void (*)(double*, std::size_t) noexcept;

// Compiled once for each instruction set below; the select becomes a blend (this file is built with
// -fno-trapping-math, so squaring may be done for elements that then turn back).
// NOLINTBEGIN(bugprone-macro-parentheses): a statement
#define SQUARE_LOOP(x, count)               \
  for (std::size_t i = 0; i < (count); ++i) \
  (x)[i] = (x)[i] > kRingTurn ? kRingStart : (x)[i] * (x)[i]
// NOLINTEND(bugprone-macro-parentheses)

#if defined(__x86_64__)
#if defined(__clang__)
#define AVX512 __attribute__((target("avx512f,avx512vl"), min_vector_width(512)))
#else
#define AVX512 __attribute__((target("avx512f,avx512vl,prefer-vector-width=512")))
#endif
UNWATCHED AVX512 void square_avx512(double* x, std::size_t count) noexcept {
  SQUARE_LOOP(x, count);
}
UNWATCHED __attribute__((target("avx2"))) void square_avx2(double* x, std::size_t count) noexcept {
  SQUARE_LOOP(x, count);
}
#endif
/// SSE2 on x86-64, NEON on aarch64: what every processor of the architecture has.
UNWATCHED void square_baseline(double* x, std::size_t count) noexcept { SQUARE_LOOP(x, count); }

Kernel widest() noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return square_avx512;
  if (__builtin_cpu_supports("avx2")) return square_avx2;
#endif
  return square_baseline;
}

const Kernel kKernel = widest();

}  // namespace

void square_in_place(double* x, std::size_t count) noexcept { kKernel(x, count); }

}  // namespace sharebench
