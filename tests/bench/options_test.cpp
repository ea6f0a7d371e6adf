#include "bench/options.hpp"

#include <gtest/gtest.h>

namespace sharebench {
namespace {

ParsedOptions parse(std::vector<std::string> words) {
  words.insert(words.begin(), "sharebench");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

std::string complaint(const std::vector<std::string>& words, int expected_status) {
  testing::internal::CaptureStderr();
  const ParsedOptions parsed = parse(words);
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exit_status, expected_status);
  return testing::internal::GetCapturedStderr();
}

TEST(Options, RunTakesItsSelection) {
  const auto parsed =
      parse({"run", "--profile", "smoke", "--backend", "mutex,raw", "--procs", "1,2", "--workload",
             "increment", "--filter", "procs:1", "--seed", "7", "--blocks", "3", "--out", "x"});
  ASSERT_TRUE(parsed.options);
  const Options& o = *parsed.options;
  EXPECT_EQ(o.command, Command::run);
  EXPECT_EQ(o.profile, "smoke");
  EXPECT_EQ(o.selection.backends, (std::vector<std::string>{"mutex", "raw"}));
  EXPECT_EQ(o.selection.procs, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(o.selection.filter, "procs:1");
  EXPECT_EQ(o.seed, 7u);
  EXPECT_EQ(o.blocks, 3u);
  EXPECT_EQ(o.out, "x");
}

TEST(Options, GoogleBenchmarksFlagsWork) {
  auto parsed = parse({"--benchmark_filter=raw", "--benchmark_repetitions=4",
                       "--benchmark_out=f.json", "--benchmark_out_format=json",
                       "--benchmark_format=json", "--benchmark_context=a=b,c=d"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->command, Command::run);
  EXPECT_EQ(parsed.options->selection.filter, "raw");
  EXPECT_EQ(parsed.options->blocks, 4u);
  EXPECT_EQ(parsed.options->json_copy, "f.json");
  EXPECT_TRUE(parsed.options->json_to_stdout);
  ASSERT_EQ(parsed.options->context.size(), 2u);
  EXPECT_EQ(parsed.options->context[1].first, "c");
  parsed = parse({"run", "--benchmark_list_tests"});
  EXPECT_EQ(parsed.options->command, Command::list_tests);
}

TEST(Options, FlagsWithoutMeaningAreRefusedWithTheReason) {
  EXPECT_NE(complaint({"run", "--benchmark_min_time=3"}, 2).find("timing"), std::string::npos);
  EXPECT_NE(complaint({"run", "--benchmark_report_aggregates_only=true"}, 2).find("refused"),
            std::string::npos);
  complaint({"run", "--benchmark_out_format=csv"}, 2);
  complaint({"run", "--benchmark_nonsense"}, 2);
  complaint({"run", "--benchmark_context=novalue"}, 2);
}

TEST(Options, MistakesAreExitStatus2) {
  complaint({}, 2);
  complaint({"fly"}, 2);
  complaint({"run", "--nonsense"}, 2);
  complaint({"run", "--seed", "abc"}, 2);
  complaint({"run", "--blocks", "0"}, 2);
  complaint({"run", "--profile", "quick", "--sweep", "f"}, 2);
  complaint({"run", "stray"}, 2);
}

TEST(Options, HelpAndVersionAreFine) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_status, 0);
  EXPECT_EQ(parse({"run", "--help"}).exit_status, 0);
  EXPECT_EQ(parse({"--version"}).exit_status, 0);
  EXPECT_NE(testing::internal::GetCapturedStdout().find("Exit status"), std::string::npos);
}

}  // namespace
}  // namespace sharebench
