// Change: what became of one cell from a base to a new measurement, and how a list of them is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/measure/paired.hpp"

namespace sharebench {

struct Change {
  std::string cell;
  double base_ns = 0, new_ns = 0;      ///< medians; 0: not measured there
  std::optional<ShiftEstimate> shift;  ///< of ln(time), positive is slower
  double p = 1;                        ///< adjusted for all cells
  double mde = 0;                      ///< smallest change that would have been seen; 0: unknown
  std::string verdict;                 ///< "slower", "faster", "no difference", ...
  bool bad = false;                    ///< a regression
};

enum class TableFormat { text, markdown };

/// One row a cell.
std::string change_table(const std::vector<Change>& changes, TableFormat format);

/// "+4.2 %" of a shift of ln(time).
std::string percent_text(double shift);

}  // namespace sharebench
