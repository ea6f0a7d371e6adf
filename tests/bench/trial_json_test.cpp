// What the journal holds comes back as it was.
#include "bench/output/trial_json.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/output/journal.hpp"
#include "tests/bench/records.hpp"

namespace sharebench::test {
namespace {

TrialRecord full_record() {
  TrialRecord record = trial({"square", "mutex.getset", 2, 4096, 64, Measure::latency}, 3, 12.5);
  TrialResult& r = *record.result;
  r.exact = true;
  r.lost = 1;
  r.extra = 2;
  r.wrong_elements = 3;
  r.corrupted = 4;
  r.counted_due = 5;
  r.floor_ratio = 1.05;
  r.floor_ns = 11.5;
  r.clock_cost_ns = 24;
  r.clock_ppm = -3;
  r.half_ratio = 1.25;
  r.cpu_server_seconds = 0.5;
  r.warmup_seconds = 0.07;
  r.invalid = {{"V1 overlap", "0.1"}};
  r.noisy = {{"V3 run delay", "worker 1"}};
  r.flags = {{"V10 halves", "1.25"}};
  r.workers.push_back({0.1, 0.2, 0.3, 7, 8, 9, 10, 0.75, 0, 1});
  auto histogram = std::make_shared<Histogram>(Histogram{});
  for (const std::uint64_t ns : {3u, 70u, 71u, 100'000u}) histogram->add(ns);
  r.latency = histogram;
  record.cell.payload_bytes = 64;
  record.cell.layout = "packed";
  record.attempt = 2;
  record.ranked = false;
  return record;
}

TEST(TrialJson, EveryFieldComesBack) {
  const TrialRecord record = full_record();
  const nlohmann::json line = journal_line(record);
  const TrialRecord back = read_trial_line(nlohmann::json::parse(line.dump()));
  EXPECT_EQ(journal_line(back), line);
  EXPECT_EQ(back.cell, record.cell);
  EXPECT_EQ(back.result->latency->samples(), 4u);
  EXPECT_EQ(back.result->latency->max(), 100'000u);
  EXPECT_EQ(back.result->rate, record.result->rate) << "to the last bit";
  for (const auto& [key, value] : line.items())
    EXPECT_FALSE(value.is_null()) << key << " is not tried here";
}

TEST(TrialJson, FailuresComeBack) {
  TrialRecord record = full_record();
  record.result.reset();
  record.failure = "worker 1 was killed by signal 9";
  const TrialRecord back = read_trial_line(journal_line(record));
  EXPECT_FALSE(back.result);
  EXPECT_EQ(back.failure, record.failure);
}

TEST(TrialJson, WhatIsMissingIsNamed) {
  for (const char* key : {"cell", "rate", "workers", "block", "lost"}) {
    nlohmann::json line = journal_line(full_record());
    line.erase(key);
    try {
      read_trial_line(line);
      FAIL() << key;
    } catch (const JournalError& error) {
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
    }
  }
}

TEST(TrialJson, AJournalCutInTheMiddleOfALineLosesThatLineOnly) {
  const std::string path = ::testing::TempDir() + "/journal_test.jsonl";
  std::remove(path.c_str());
  {
    Journal journal(path);
    journal.append(full_record());
    journal.append(
        BlockRecord{"ranked", 3, 2, {9.5, 0.01, 0.02, 0.03}, {"V4 steal: 3 %"}, true, 12});
    journal.append(full_record());
  }
  std::string text;
  std::getline(std::ifstream(path), text, '\0');
  std::ofstream(path, std::ios::trunc) << text.substr(0, text.size() - 40);
  JournalContent content = recover_journal(path);
  EXPECT_EQ(content.trials.size(), 1u);
  ASSERT_EQ(content.blocks.size(), 1u);
  EXPECT_EQ(content.blocks[0].noise[0], "V4 steal: 3 %");
  EXPECT_EQ(content.blocks[0].environment.pressure_share, 0.03);
  Journal(path).append(full_record());  // goes on behind the last whole line
  EXPECT_EQ(recover_journal(path).trials.size(), 2u);
  std::ofstream(path, std::ios::app) << "{\"kind\":\"trial\"}\n";
  EXPECT_THROW(recover_journal(path), JournalError);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace sharebench::test
