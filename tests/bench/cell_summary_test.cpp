#include "bench/output/cell_summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "bench/output/console.hpp"
#include "tests/bench/records.hpp"

namespace sharebench::test {
namespace {

ComparisonRow row_of(const Comparison& group, const std::string& backend) {
  return *std::find_if(group.rows.begin(), group.rows.end(),
                       [&](const ComparisonRow& row) { return row.cell->cell.backend == backend; });
}

const std::vector<Cell> kCells = {increment("null"),        increment("raw"),
                                  increment("atomic"),      increment("mutex.robust"),
                                  increment("mutex.boost"), increment("manager.ipc")};

std::vector<TrialRecord> typical() {
  return nine_blocks({{kCells[0], 0.1},
                      {kCells[1], 1},
                      {kCells[2], 7},
                      {kCells[3], 40},
                      {kCells[4], 41},
                      {kCells[5], 50'000}});
}

TEST(CellSummary, MedianAndIntervalOfValidTrials) {
  auto records = typical();
  const auto cells = summarise_cells(records, plan_of(kCells), 2);
  ASSERT_EQ(cells.size(), 6u);
  const CellSummary& atomic = cells[2];
  EXPECT_NEAR(atomic.ns->median, 7 * 1.04, 1e-9);
  EXPECT_NEAR(atomic.ns->low, 7 * 1.01, 1e-9);
  EXPECT_NEAR(atomic.ns->high, 7 * 1.07, 1e-9);
  EXPECT_NEAR(atomic.cpu_ns, 2 * 7 * 1.04, 1e-9);
  EXPECT_EQ(atomic.valid, 9u);
}

TEST(CellSummary, InvalidAndFailedTrialsAreCountedAndNotSummarised) {
  auto records = nine_blocks({{kCells[2], 7}});
  records[0].result->invalid.push_back({"V1 overlap", "0.5"});
  records[0].result->rate = 1e12;
  records[1].result.reset();
  records[1].failure = "worker 0 died";
  const auto cells = summarise_cells(records, plan_of({kCells[2]}), 2);
  EXPECT_EQ(cells[0].trials, 9u);
  EXPECT_EQ(cells[0].valid, 7u);
  EXPECT_EQ(cells[0].failed, 1u);
  EXPECT_EQ(cells[0].invalid.at("V1 overlap"), 1);
  EXPECT_GT(cells[0].ns->min, 6.9);
}

TEST(Comparison, RanksCorrectBackendsAndSharesTies) {
  const auto cells = summarise_cells(typical(), plan_of(kCells), 2);
  const auto groups = compare_backends(cells);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(row_of(groups[0], "atomic").rank, 1);
  EXPECT_EQ(row_of(groups[0], "atomic").verdict, "fastest correct");
  EXPECT_EQ(row_of(groups[0], "mutex.robust").rank, 2);
  EXPECT_EQ(row_of(groups[0], "mutex.boost").rank, 2) << "the intervals overlap";
  EXPECT_EQ(row_of(groups[0], "mutex.boost").verdict, "correct (tie)");
  EXPECT_EQ(row_of(groups[0], "manager.ipc").rank, 4);
  EXPECT_NEAR(*row_of(groups[0], "mutex.robust").slowdown, 40 / 7.0, 1e-9);
}

TEST(Comparison, ControlsAndNullHaveNoRankAndAreNoYardstick) {
  auto records = typical();
  const auto innocent = summarise_cells(records, plan_of(kCells), 2);
  EXPECT_EQ(row_of(compare_backends(innocent)[0], "raw").verdict, "control: not guaranteed");
  for (TrialRecord& record : records)
    if (record.cell.backend == "raw") record.result->lost = 5;
  const auto cells = summarise_cells(records, plan_of(kCells), 2);
  const auto groups = compare_backends(cells);
  EXPECT_FALSE(row_of(groups[0], "raw").rank);
  EXPECT_EQ(row_of(groups[0], "raw").verdict, "control: loses updates");
  EXPECT_FALSE(row_of(groups[0], "null").rank);
  EXPECT_LT(*row_of(groups[0], "raw").slowdown, 1);
}

TEST(Comparison, NobodyIsFastestWhileAFasterOneHasTooFewBlocks) {
  auto records = typical();
  std::erase_if(records, [](const TrialRecord& r) {
    return r.cell.backend == "atomic" && r.block == 3;  // one invalid trial of nine is enough
  });
  const auto cells = summarise_cells(records, plan_of(kCells), 2);
  const auto groups = compare_backends(cells);
  EXPECT_EQ(row_of(groups[0], "atomic").verdict, "too few blocks");
  EXPECT_FALSE(row_of(groups[0], "mutex.robust").rank);
  EXPECT_EQ(row_of(groups[0], "mutex.robust").verdict, "a faster one has too few blocks");
}

TEST(Comparison, APromiseBrokenInTheLatencyPassIsNeverRankedEither) {
  auto records = typical();
  auto cells = kCells;
  cells.push_back(kCells[2]);
  cells.back().measure = Measure::latency;
  records.push_back(records.front());
  records.back().cell = cells.back();
  records.back().result->exact = true;
  records.back().result->lost = 1;
  const auto summaries = summarise_cells(records, plan_of(cells), 2);
  const auto groups = compare_backends(summaries);
  EXPECT_EQ(row_of(groups[0], "atomic").verdict, "promise broken");
  EXPECT_FALSE(row_of(groups[0], "atomic").rank);
  EXPECT_NE(remarks(summaries).back().find("latency pass (1 lost"), std::string::npos);
}

TEST(Comparison, ABrokenPromiseIsNeverRanked) {
  auto records = typical();
  for (TrialRecord& record : records)
    if (record.cell == kCells[2]) {
      record.result->exact = true;
      record.result->lost = record.block == 5 ? 1 : 0;  // one update in one trial is enough
    }
  RunFacts facts;
  const auto cells = summarise_cells(records, plan_of(kCells), 2);
  const auto groups = compare_backends(cells);
  EXPECT_FALSE(row_of(groups[0], "atomic").rank);
  EXPECT_EQ(row_of(groups[0], "atomic").verdict, "promise broken");
  EXPECT_EQ(row_of(groups[0], "mutex.robust").rank, 1);
  EXPECT_EQ(run_verdict(cells, facts), "promise broken");
}

TEST(Comparison, FewerThanNineBlocksGiveNoVerdict) {
  auto records = typical();
  std::erase_if(records, [](const TrialRecord& r) { return r.block == 8; });
  const auto cells = summarise_cells(records, plan_of(kCells), 2);
  EXPECT_FALSE(row_of(compare_backends(cells)[0], "atomic").rank);
  EXPECT_EQ(row_of(compare_backends(cells)[0], "atomic").verdict, "too few blocks");
}

TEST(VerdictTable, SaysWhatItsIntervalsCover) {
  RunFacts facts;
  facts.plan = plan_of(kCells);
  auto records = typical();
  auto cells = summarise_cells(records, facts.plan, 2);
  EXPECT_NE(verdict_table(cells, facts, false).find("95 % interval"), std::string::npos);
  std::erase_if(records, [](const TrialRecord& r) { return r.block > 2; });
  cells = summarise_cells(records, facts.plan, 2);
  EXPECT_NE(verdict_table(cells, facts, false).find("75 % interval"), std::string::npos);
}

TEST(Comparison, AStageMayBeShownAndNotRanked) {
  const auto cells = summarise_cells(typical(), plan_of(kCells, false), 2);
  EXPECT_FALSE(row_of(compare_backends(cells)[0], "atomic").rank);
}

TEST(Verdict, FailuresAndWhatDidNotFitMakeARunIncomplete) {
  auto records = typical();
  RunFacts facts;
  EXPECT_EQ(run_verdict(summarise_cells(records, plan_of(kCells), 2), facts), "ok");
  facts.not_measured.push_back("stage x");
  EXPECT_EQ(run_verdict(summarise_cells(records, plan_of(kCells), 2), facts), "incomplete");
  facts.not_measured.clear();
  records[3].result.reset();
  EXPECT_EQ(run_verdict(summarise_cells(records, plan_of(kCells), 2), facts), "incomplete");
}

TEST(Remarks, AControlThatLosesNothingIsToldAbout) {
  auto records = typical();
  EXPECT_EQ(remarks(summarise_cells(records, plan_of(kCells), 2)).size(), 1u);
  for (TrialRecord& record : records)
    if (record.cell == kCells[1]) record.result->lost = 5;
  EXPECT_TRUE(remarks(summarise_cells(records, plan_of(kCells), 2)).empty());
}

}  // namespace
}  // namespace sharebench::test
