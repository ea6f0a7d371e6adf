// trial: one trial for another sharebench (gate); the request comes from one descriptor, the answer
// goes to another. See docs/gate.md for what is said.
#include <nlohmann/json.hpp>

#include "bench/commands.hpp"
#include "bench/exit_status.hpp"
#include "bench/output/trial_json.hpp"
#include "bench/trial/roles.hpp"
#include "bench/trial/trial_program.hpp"

namespace sharebench {

int answer_trial(const Options& options) {
  const int in = descriptor_argument(options.rest, 0), out = descriptor_argument(options.rest, 1);
  nlohmann::json answer;
  try {
    const TrialSpec spec = read_request(nlohmann::json::parse(read_all(in)));
    answer = result_json(run_trial(spec));
  } catch (const nlohmann::json::exception& error) {
    answer = {{"failure", std::string("the request is no JSON: ") + error.what()}};
  } catch (const JournalError& error) {
    answer = {{"failure", std::string("the request is not understood: ") + error.what()}};
  } catch (const TrialFailed& failed) {
    answer = {{"failure", failed.what()}};
  }
  write_all(out, answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return kExitOk;
}

}  // namespace sharebench
