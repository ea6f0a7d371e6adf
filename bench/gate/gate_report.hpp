// How a gate's result is told: text for a terminal, Markdown for a pull request, JSON for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/compare/change.hpp"
#include "bench/gate/gate.hpp"

namespace sharebench::gate {

std::string gate_text(const GateResult& result, TableFormat format);
nlohmann::json gate_json(const GateResult& result);

}  // namespace sharebench::gate
