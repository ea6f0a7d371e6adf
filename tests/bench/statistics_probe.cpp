// Reads one line of numbers after the other and prints what the harness computes of them, a JSON
// line each; tests/end_to_end/test_statistics.py has scipy compute the same.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/measure/multiple.hpp"
#include "bench/measure/paired.hpp"
#include "bench/measure/statistics.hpp"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in(line);
    std::vector<double> values;
    for (double value; in >> value;) values.push_back(value);
    if (values.empty()) continue;
    const sharebench::ShiftEstimate e = sharebench::estimate_shift(values);
    const sharebench::Summary s = sharebench::summarise(values);
    std::vector<double> p;  // the same numbers, brought into [0, 1], as p-values
    for (const double v : values) p.push_back(v - static_cast<double>(static_cast<long>(v)));
    for (double& x : p) x = x < 0 ? -x : x;
    const nlohmann::json out = {{"shift", e.shift},
                                {"low", e.low},
                                {"high", e.high},
                                {"coverage", e.coverage},
                                {"p", e.p},
                                {"median", s.median},
                                {"stddev", s.stddev},
                                {"median_coverage", s.coverage},
                                {"p_values", p},
                                {"holm", sharebench::holm(p)},
                                {"benjamini_hochberg", sharebench::benjamini_hochberg(p)}};
    std::cout << out.dump() << "\n";
  }
}
