#include "bench/plan/sweep.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sharebench {
namespace {

using nlohmann::json;

json valid_sweep() {
  return {{"schema", 1},
          {"name", "mine"},
          {"stages",
           {{{"name", "s"},
             {"blocks", 2},
             {"cells",
              {{{"workload", "square"},
                {"backends", {"atomic"}},
                {"procs", {1, "cores"}},
                {"elements", {"l2", 64}},
                {"slices", {4, "all"}}}}}}}}};
}

std::string complaint(const json& sweep) {
  try {
    parse_sweep(sweep.dump(), "mine.json");
  } catch (const SweepError& error) {
    return error.what();
  }
  return "";
}

TEST(Sweep, ReadsAndWritesTheSame) {
  const Sweep sweep = parse_sweep(valid_sweep().dump(), "mine.json");
  EXPECT_EQ(sweep.stages[0].cells[0].procs, (std::vector<std::string>{"1", "cores"}));
  const Sweep again = parse_sweep(to_json(sweep).dump(), "again");
  EXPECT_EQ(to_json(sweep), to_json(again));
}

TEST(Sweep, EveryProfileIsValid) {
  EXPECT_EQ(profile_names(), (std::vector<std::string>{"smoke", "quick", "locks", "ci", "full"}));
  for (const std::string& name : profile_names()) EXPECT_EQ(load_profile(name).name, name);
}

/// Each mistake is answered with the file, the key, the value and what is allowed.
TEST(Sweep, ComplaintsNameFileKeyValueAndWhatIsAllowed) {
  struct Case {
    json::json_pointer at;
    json value;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      {json::json_pointer("/schema"), 2, {"schema", "2", "1"}},
      {json::json_pointer("/stages/0/blocks"), 0, {"stages[0].blocks", "0", "1 to 10000"}},
      {json::json_pointer("/stages/0/blocks"),
       "many",
       {"stages[0].blocks", "many", "whole number"}},
      {json::json_pointer("/stages/0/cells/0/workload"),
       "cube",
       {"stages[0].cells[0].workload", "cube", "increment, square"}},
      {json::json_pointer("/stages/0/cells/0/backends/0"),
       "mutex",
       {"stages[0].cells[0].backends[0]", "mutex", "mutex.robust"}},
      {json::json_pointer("/stages/0/cells/0/procs/0"), -1, {"procs[0]", "-1", "cores"}},
      {json::json_pointer("/stages/0/cells/0/elements/0"), "L1", {"elements[0]", "L1", "l2"}},
      {json::json_pointer("/stages/0/cells/0/colour"),
       "red",
       {"cells[0].colour", "red", "workload"}},
      {json::json_pointer("/timing"),
       json::object({{"window_ms", 1}}),
       {"timing.window_ms", "1", "10"}},
      {json::json_pointer("/stages"), json::array(), {"stages", "[]", "at least one"}}};
  for (const Case& c : cases) {
    json sweep = valid_sweep();
    sweep[c.at] = c.value;
    const std::string text = complaint(sweep);
    EXPECT_NE(text.find("mine.json"), std::string::npos) << text;
    for (const std::string& word : c.expected)
      EXPECT_NE(text.find(word), std::string::npos) << "'" << word << "' is not in: " << text;
  }
}

TEST(Sweep, AnAxisThatTheWorkloadDoesNotHaveIsAMistake) {
  json sweep = valid_sweep();
  sweep["stages"][0]["cells"][0]["workload"] = "increment";
  EXPECT_NE(complaint(sweep).find("no such axis"), std::string::npos);
}

/// A sweep of one rectangle of the workload, with one more key.
json sweep_with(const std::string& workload, const std::string& key, const json& value) {
  json cells = {{"workload", workload}, {"backends", {"mutex.robust"}}, {"procs", {1}}};
  if (workload == "square") cells.update({{"elements", {4}}, {"slices", {4}}});
  if (workload == "record") cells["payload_bytes"] = {64};
  cells[key] = value;
  json sweep = valid_sweep();
  sweep["stages"][0]["cells"] = json::array({cells});
  return sweep;
}

TEST(Sweep, EveryWorkloadRefusesTheAxesItDoesNotHave) {
  for (const char* workload : {"increment", "square", "record"})
    for (const char* axis :
         {"elements", "slices", "payload_bytes", "think_ns", "critical_ns", "in_flight"}) {
      const bool of_square =
          std::string_view(axis) == "elements" || std::string_view(axis) == "slices";
      const std::string_view w = workload, a = axis;
      const bool has = of_square                                ? w == "square"
                       : a == "payload_bytes"                   ? w == "record"
                       : a == "critical_ns" || a == "in_flight" ? w == "increment"
                                                                : w != "square";
      const std::string text = complaint(sweep_with(workload, axis, {8}));
      EXPECT_EQ(text.find("no such axis") == std::string::npos, has) << workload << " " << axis;
    }
}

TEST(Sweep, PayloadAndLayoutAreChecked) {
  EXPECT_EQ(complaint(sweep_with("record", "payload_bytes", {8, 65536})), "");
  for (const int bytes : {0, 12, 65544})
    EXPECT_NE(complaint(sweep_with("record", "payload_bytes", {bytes}))
                  .find("payload_bytes[0]': value " + std::to_string(bytes)),
              std::string::npos)
        << complaint(sweep_with("record", "payload_bytes", {bytes}));
  json without = sweep_with("record", "procs", {1});
  without["stages"][0]["cells"][0].erase("payload_bytes");
  EXPECT_NE(complaint(without).find("payload_bytes' is missing"), std::string::npos);
  EXPECT_EQ(complaint(sweep_with("increment", "layout", {"packed", 64, "128"})), "");
  EXPECT_NE(complaint(sweep_with("increment", "layout", {32})).find("\"packed\", 64 or 128"),
            std::string::npos);
  EXPECT_NE(complaint(sweep_with("increment", "layout", json::array())).find("at least one"),
            std::string::npos);
}

TEST(Sweep, MissingKeysAndFilesAreNamed) {
  json sweep = valid_sweep();
  sweep["stages"][0].erase("cells");
  EXPECT_NE(complaint(sweep).find("'stages[0].cells' is missing"), std::string::npos);
  EXPECT_THROW(load_sweep_file("/no/such/file"), SweepError);
  EXPECT_THROW(load_profile("fast"), SweepError);
  EXPECT_THROW(parse_sweep("{", "broken"), SweepError);
}

}  // namespace
}  // namespace sharebench
