// doctor: is this machine fit to measure on?
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/commands.hpp"
#include "bench/doctor/doctor.hpp"
#include "bench/exit_status.hpp"

namespace sharebench {

nlohmann::json doctor_json(const std::vector<Finding>& findings) {
  static const char* const kWords[] = {"good", "note", "bad", "unknown"};
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& f : findings)
    list.push_back(
        {{"name", f.name},
         {"health", kWords[static_cast<int>(f.health)]},
         {"value", f.value},
         {"meaning", f.meaning},
         {"remedy", f.remedy.empty() ? nlohmann::json(nullptr) : nlohmann::json(f.remedy)}});
  return {{"schema", 1}, {"findings", list}};  // 1: 2026-11, first
}

int run_doctor(const Options& options) {
  const std::vector<Finding> findings = examine("/", probe_system());
  std::cout << (options.format == "json" ? doctor_json(findings).dump(1) + "\n"
                                         : doctor_text(findings));
  return kExitOk;
}

}  // namespace sharebench
