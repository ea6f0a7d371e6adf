#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "bench/plan/estimate.hpp"
#include "bench/plan/unfit.hpp"
#include "bench/registry/registry.hpp"

namespace sharebench {
namespace {

Machine two_cores() {
  Machine m;
  m.cores = m.online = 2;
  m.caches = {{"Data", 1, 48 << 10, 1}, {"Unified", 2, 2 << 20, 1}, {"Unified", 3, 8 << 20, 2}};
  return m;
}

Sweep sweep_of(const std::string& cells) {
  return parse_sweep(
      R"({"schema":1,"name":"t","stages":[{"name":"s","blocks":3,"cells":[)" + cells + "]}]}",
      "test");
}

Plan plan_of(const std::string& cells, const Selection& selection = {}) {
  return make_plan(sweep_of(cells), two_cores(), selection);
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> all;
  for (const PlannedStage& stage : plan.stages)
    for (const Cell& cell : stage.cells) all.push_back(full_name(cell));
  return all;
}

constexpr const char* kSquare =
    R"({"workload":"square","backends":["atomic"],"procs":[1],"elements":[ELEMENTS],"slices":[SLICES]})";

std::string square(std::string elements, std::string slices) {
  std::string text = kSquare;
  text.replace(text.find("ELEMENTS"), 8, elements);
  return text.replace(text.find("SLICES"), 6, slices);
}

TEST(Plan, NamesAreThoseOfTheResults) {
  EXPECT_EQ(names(plan_of(R"({"workload":"increment","backends":["mutex.robust"],"procs":[4]})")),
            std::vector<std::string>{"increment/mutex.robust/procs:4/manual_time"});
  EXPECT_EQ(names(plan_of(square("65536", "4"))),
            std::vector<std::string>{"square/atomic/procs:1/elements:65536/slice:4/manual_time"});
}

TEST(Plan, WordsDependOnTheMachine) {
  EXPECT_EQ(
      names(plan_of(square("\"l2\"", "\"all\""))),
      std::vector<std::string>{"square/atomic/procs:1/elements:65536/slice:65536/manual_time"});
  EXPECT_EQ(
      names(plan_of(square("\"beyond-llc\"", "4096"))),
      std::vector<std::string>{"square/atomic/procs:1/elements:2097152/slice:4096/manual_time"});
  const auto cells = names(
      plan_of(R"({"workload":"increment","backends":["atomic"],"procs":["cores","2*cores",2]})"));
  EXPECT_EQ(cells.size(), 2u) << "cores is 2 here, and a cell is planned once";
}

TEST(Plan, SlicesThatDoNotFitAreLeftOutAloud) {
  const Plan plan = plan_of(square("4, 10", "4, 4096"));
  EXPECT_EQ(plan.cells(), 1u);
  EXPECT_EQ(plan.left_out.size(), 3u);
}

std::size_t count_of(std::string_view family) {
  return static_cast<std::size_t>(std::ranges::count_if(
      all_backends(), [&](const BackendInfo& b) { return b.family() == family; }));
}

// The MCS lock ends with a line of its own, so what follows it is always on another.
bool has_layouts(const BackendInfo& b) { return b.family() == "mutex" && b.name != "mutex.mcs"; }

TEST(Plan, LayoutsAreForBackendsWithALockBesideTheData) {
  const Plan plan =
      plan_of(R"({"workload":"increment","backends":"all","procs":[1],"layout":["packed",64]})");
  EXPECT_EQ(plan.cells(), 2 * (count_of("mutex") - 1));
  std::size_t left_out = 0;  // what has no lock twice, what is missing once
  for (const BackendInfo& b : all_backends())
    if (!has_layouts(b)) left_out += b.available ? 2 : 1;
  EXPECT_EQ(plan.left_out.size(), left_out);
  EXPECT_EQ(names(plan)[0], "increment/mutex.robust/procs:1/layout:packed/manual_time");
  EXPECT_EQ(apart_bytes(""), 128u);
  EXPECT_EQ(apart_bytes("packed"), 0u);
  EXPECT_EQ(apart_bytes("64"), 64u);
}

TEST(Plan, CircumstancesAreToldInWords) {
  Cell cell{"increment", "atomic", 2};
  EXPECT_EQ(circumstances(cell), "");
  cell.layout = "packed";
  cell.think_ns = 100;
  cell.critical_ns = 50;
  cell.pin = "0+1";
  cell.window_ms = 30;
  EXPECT_EQ(circumstances(cell),
            "lock and data packed, 100 ns between calls, 50 ns inside the update, on CPUs 0+1, "
            "windows of 30 ms");
  cell = {"increment", "atomic", 2};
  cell.pin = "none";
  EXPECT_EQ(circumstances(cell), "not pinned");
}

TEST(Plan, CallsInFlightAreForThoseThatHaveThem) {
  const Plan plan = plan_of(R"({"workload":"increment","procs":[1],"in_flight":[1,16],
                                "backends":["atomic","manager.ipc","manager.getset"]})");
  EXPECT_EQ(plan.cells(), 4u) << "one in flight is the cell without the axis";
  EXPECT_EQ(plan.left_out.size(), 2u);
  Cell cell{"increment", "manager.ipc", 2};
  cell.in_flight = 16;
  EXPECT_EQ(circumstances(cell), "16 calls in flight");
  EXPECT_EQ(why_unfit(cell), "");
  cell.measure = Measure::latency;
  EXPECT_NE(why_unfit(cell).find("one call in flight"), std::string::npos);
}

TEST(Plan, LargeArraysAreNotForServers) {
  std::string cells = square("1000000", "100");
  cells.replace(cells.find("atomic"), 6, "manager.ipc");
  const Plan plan = plan_of(cells);
  EXPECT_EQ(plan.cells(), 0u);
  ASSERT_EQ(plan.left_out.size(), 1u);
}

TEST(Plan, SelectionsNarrowDown) {
  const char* all = R"({"workload":"increment","backends":"all","procs":[1,2]})";
  EXPECT_EQ(plan_of(all, {{"mutex"}, {}, {}, ""}).cells(), 2 * count_of("mutex"));
  EXPECT_EQ(plan_of(all, {{"mutex.boost", "raw"}, {}, {}, ""}).cells(), 4u);
  EXPECT_EQ(plan_of(all, {{"atomic"}, {}, {"3", "5"}, ""}).cells(), 2u);
  EXPECT_EQ(plan_of(all, {{}, {"square"}, {}, ""}).cells(), 0u);
  EXPECT_EQ(plan_of(all, {{}, {}, {}, "atomic/procs:[12]/"}).cells(), 2u);
  EXPECT_EQ(plan_of(all, {{}, {}, {}, "-procs:1"}).cells(), plan_of(all).cells() / 2);
  EXPECT_THROW(plan_of(all, {{"mutexx"}, {}, {}, ""}), SweepError);
  EXPECT_THROW(plan_of(all, {{}, {"cube"}, {}, ""}), SweepError);
  EXPECT_THROW(plan_of(all, {{}, {}, {"0"}, ""}), SweepError);
  EXPECT_THROW(plan_of(all, {{}, {}, {"two"}, ""}), SweepError);
  EXPECT_THROW(plan_of(all, {{}, {}, {}, "("}), SweepError);
}

TEST(Plan, OrderIsAPermutationFixedBySeedStageAndBlock) {
  const Plan plan = plan_of(R"({"workload":"increment","backends":"all","procs":[1,2,3,4]})");
  const PlannedStage& stage = plan.stages[0];
  const auto order = [&](std::uint64_t seed, std::uint32_t block, bool shuffled = true) {
    std::vector<std::string> list;
    Sweep sweep;
    sweep.seed = seed;
    sweep.shuffled = shuffled;
    for (const Cell& cell : block_order(stage, sweep, block)) list.push_back(full_name(cell));
    return list;
  };
  EXPECT_EQ(order(1, 0), order(1, 0));
  EXPECT_NE(order(1, 0), order(1, 1));
  EXPECT_NE(order(1, 0), order(2, 0));
  EXPECT_EQ(order(1, 3, false), names(plan));
  auto sorted = order(1, 0), planned = names(plan);
  std::sort(sorted.begin(), sorted.end());
  std::sort(planned.begin(), planned.end());
  EXPECT_EQ(sorted, planned);
}

TEST(Plan, NoPositionIsFavoured) {
  const Plan plan = plan_of(R"({"workload":"increment","backends":"all","procs":[1]})");
  const std::size_t cells = plan.cells();
  std::vector<int> first(cells);
  const int blocks = 9000;
  Sweep sweep;
  sweep.seed = 7;
  for (int block = 0; block < blocks; ++block) {
    const Cell cell = block_order(plan.stages[0], sweep, static_cast<std::uint32_t>(block))[0];
    for (std::size_t i = 0; i < cells; ++i)
      if (plan.stages[0].cells[i] == cell) ++first[i];
  }
  double chi2 = 0;  // 99.9 % quantile for up to 9 degrees of freedom: 27.9
  const double due = blocks / static_cast<double>(cells);
  for (const int n : first) chi2 += (n - due) * (n - due) / due;
  EXPECT_LT(chi2, 27.9);
}

TEST(Plan, SpelledOutItIsTheSameAgain) {
  const std::string cells =
      square("4096, 8192", "4") +
      R"(,{"workload":"increment","backends":["manager.ipc","mutex.robust"],"procs":[1,2],
           "in_flight":[1,16],"think_ns":[0,100],"pin":["none","scatter"],"window_ms":[20]},
          {"workload":"append","backends":["manager.ipc"],"procs":[2],"payload_bytes":[8,64],
           "in_flight":[32]},
          {"workload":"record","backends":["mutex.robust"],"procs":[1],"payload_bytes":[64],
           "layout":["packed",64]})";
  const Sweep sweep = sweep_of(cells);
  const Plan plan = make_plan(sweep, two_cores(), {});
  const Plan again = make_plan(spelled_out(plan, sweep), two_cores(), {});
  ASSERT_EQ(again.stages.size(), plan.stages.size());
  for (std::size_t s = 0; s < plan.stages.size(); ++s)
    EXPECT_EQ(again.stages[s].cells, plan.stages[s].cells);
}

TEST(Plan, LargestSegmentIsTold) {
  const Plan plan = plan_of(square("4096, 8192", "4"));
  EXPECT_EQ(segment_bytes(*plan.largest_cell(segment_bytes)), 65536u);
  EXPECT_EQ(plan.largest_cell(segment_bytes)->elements, 8192u);
  EXPECT_EQ(Plan().largest_cell(segment_bytes), nullptr);
}

TEST(Plan, CopiesOfWorkersCountAsMemory) {
  const char* cells = R"({"workload":"square","backends":["mutex.robust","mutex.getset"],
                          "procs":[3],"elements":[8192],"slices":["all"]})";
  const Cell largest = plan_of(cells).stages[0].cells[0];
  EXPECT_EQ(memory_bytes(largest), segment_bytes(largest));
  const Plan plan = plan_of(cells);
  EXPECT_EQ(plan.largest_cell(memory_bytes)->backend, "mutex.getset");
  EXPECT_EQ(memory_bytes(*plan.largest_cell(memory_bytes)), 4 * 65536u);
}

TEST(Plan, EstimatesFollowTheLengthOfACall) {
  const auto seconds = [](const std::string& backend, const std::string& elements) {
    std::string cells = square(elements, "\"all\"");
    cells.replace(cells.find("atomic"), 6, backend);
    const Plan plan = plan_of(cells);
    Stage stage = plan.stages[0].stage;
    stage.floors = true;
    return estimate_seconds(plan.stages[0].cells[0], stage, Timing{}, 2);
  };
  EXPECT_LT(seconds("atomic", "4096"), 0.5);
  EXPECT_GT(seconds("atomic", "125829120"), 10) << "thirty calls of 0.75 s, cut at 10 s";
  EXPECT_LT(seconds("atomic", "125829120"), 25) << "the floor's turns do not fit and are left out";
  EXPECT_LT(seconds("null", "125829120"), 3) << "it does nothing";
}

}  // namespace
}  // namespace sharebench
