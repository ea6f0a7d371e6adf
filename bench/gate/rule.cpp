#include "bench/gate/rule.hpp"

#include <algorithm>
#include <cmath>

#include "bench/measure/random.hpp"

namespace sharebench::gate {
namespace {

constexpr int kFlips = 2000, kSimulations = 200;
constexpr double kPower = 0.8, kLargestEffect = 1.0, kPrecision = 0.005;

/// A sample of differences as this run's A/A cells had them: drawn anew, with random signs.
std::vector<double> draw(const std::vector<double>& from, std::size_t n, double shift,
                         Random& random) {
  std::vector<double> sample(n);
  for (double& d : sample) {
    const double size = from[random.below(from.size())];
    d = (random.coin() ? size : -size) + shift;
  }
  return sample;
}

/// How often the whole rule, its confirmation included, finds a slowdown.
double power(const std::vector<double>& from, double slowdown, std::uint32_t blocks,
             std::size_t cells, double tau, std::uint64_t seed) {
  Random random(seed);
  int found = 0;
  for (int i = 0; i < kSimulations; ++i) {
    const double shift = std::log1p(slowdown);
    const std::vector<double> once = draw(from, blocks, shift, random),
                              twice = draw(from, kConfirmingBlocks, shift, random);
    const ShiftEstimate first = estimate_shift(once);
    // Holm's first step, the strictest: a slowdown that stands alone among the cells.
    if (!fires(first, std::min(1.0, first.p * static_cast<double>(cells)), tau)) continue;
    const ShiftEstimate again = estimate_shift(twice);
    found += fires(again, again.p, tau);
  }
  return static_cast<double>(found) / kSimulations;
}

double learn_tau(const std::vector<double>& differences, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> sizes;
  std::vector<double> flipped = differences;
  for (int i = 0; i < kFlips; ++i) {
    for (std::size_t k = 0; k < flipped.size(); ++k)
      flipped[k] = random.coin() ? differences[k] : -differences[k];
    sizes.push_back(std::abs(hodges_lehmann(flipped)));
  }
  const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(0.95 * kFlips);
  std::nth_element(sizes.begin(), at, sizes.end());
  return *at;
}

}  // namespace

std::string text(CellClass c) {
  switch (c) {
    case CellClass::serial:
      return "serial";
    case CellClass::contended:
      return "contended";
    case CellClass::remote:
      return "remote";
    case CellClass::oversubscribed:
      return "oversubscribed";
  }
  return "?";
}

double largest_mde(CellClass c) { return c == CellClass::serial ? 0.10 : 0.20; }

bool fires(const ShiftEstimate& e, double p, double tau) {
  return p < kAlpha && e.shift > std::max(std::log1p(kMinSlowdown), 2 * tau) &&
         e.low > std::log1p(kMinNearEnd);
}

std::uint32_t blocks_needed(std::size_t cells) {
  std::uint32_t n = kFirstLook;
  while (smallest_p(n) * static_cast<double>(cells) >= kAlpha) ++n;
  return n;
}

ClassNoise learn_noise(const std::vector<double>& differences, std::uint32_t blocks,
                       std::size_t cells, std::uint64_t seed) {
  ClassNoise noise;
  noise.n = differences.size();
  noise.tau = learn_tau(differences, seed);
  // Power grows with the effect: halve the interval. The same seed for every effect keeps it so.
  double low = 0, high = kLargestEffect;
  while (high - low > kPrecision) {
    const double middle = (low + high) / 2;
    (power(differences, middle, blocks, cells, noise.tau, seed + 1) >= kPower ? high : low) =
        middle;
  }
  noise.mde = high;
  return noise;
}

}  // namespace sharebench::gate
