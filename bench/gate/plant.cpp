#include "bench/gate/plant.hpp"

#include <algorithm>
#include <cmath>

#include "bench/measure/statistics.hpp"
#include "bench/workloads/work.hpp"

namespace sharebench::gate {
namespace {

constexpr int kPairs = 5, kSteps = 7;
constexpr double kCloseEnough = 0.02;

/// The same plant with so many units.
Plant with_units(const GatedCell& gated, double stated, double units) {
  Plant plant;
  plant.stated = stated;
  const auto whole = static_cast<std::uint32_t>(std::clamp(std::round(units), 1.0, 1e8));
  const bool inside =
      gated.cell_class == CellClass::contended || gated.cell_class == CellClass::oversubscribed;
  (inside ? plant.critical_units : plant.think_units) = whole;
  return plant;
}

double units_of(const Plant& plant) { return plant.think_units + plant.critical_units; }

}  // namespace

double stated_share(CellClass c) { return c == CellClass::serial ? 0.10 : 0.15; }

Plant calibrate_plant(const GatedCell& gated, const std::function<double(const Plant&)>& time) {
  const double stated = stated_share(gated.cell_class);
  const Plant none;
  double ns = time(none);
  // Inside a lock all pay for all; elsewhere each worker pays for its own calls.
  const double share_of_call =
      gated.cell_class == CellClass::remote ? static_cast<double>(gated.cell.procs) : 1;
  Plant plant = with_units(gated, stated, stated * ns * share_of_call / work_unit_ns());
  Plant best = plant;
  for (int step = 0; step < kSteps; ++step) {
    std::vector<double> ratios;
    for (int pair = 0; pair < kPairs; ++pair) {
      ns = time(none);
      ratios.push_back(time(plant) / ns);
    }
    plant.reached = summarise(ratios).median - 1;
    if (step == 0 || std::abs(plant.reached - stated) < std::abs(best.reached - stated))
      best = plant;
    if (std::abs(plant.reached - stated) <= kCloseEnough) break;
    // The effect need not grow evenly (work may hide behind the update), so go by halves.
    const double factor = std::clamp(stated / std::max(plant.reached, stated / 8), 0.5, 4.0);
    const Plant next = with_units(gated, stated, units_of(plant) * factor);
    if (units_of(next) == units_of(plant)) break;
    plant = next;
  }
  return best;
}

}  // namespace sharebench::gate
