#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <share/core/memory_limit.hpp>

namespace share::test {
namespace {

namespace fs = std::filesystem;

/// A root with the given files; removed at the end.
class MemoryLimitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "memory-limit-XXXXXX";
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    put("/proc/meminfo", "MemTotal: 9000 kB\nMemAvailable: 8000 kB\n");
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  std::string root_;
};

TEST_F(MemoryLimitTest, WithoutGroupsItIsMemAvailable) {
  const MemoryLimit limit = free_memory(root_);
  EXPECT_EQ(limit.bytes, 8000u * 1024);
  EXPECT_EQ(limit.by, "MemAvailable");
}

TEST_F(MemoryLimitTest, AGroupOfVersion2CountsWithWhatItUses) {
  put("/proc/self/cgroup", "0::/a/b\n");
  put("/sys/fs/cgroup/a/b/memory.max", "2000000\n");
  put("/sys/fs/cgroup/a/b/memory.current", "500000\n");
  const MemoryLimit limit = free_memory(root_);
  EXPECT_EQ(limit.bytes, 1'500'000u);
  EXPECT_EQ(limit.by, "cgroup v2 memory.max");
}

TEST_F(MemoryLimitTest, ThePageCacheOfAGroupDoesNotCount) {
  put("/proc/self/cgroup", "0::/a\n");
  put("/sys/fs/cgroup/a/memory.max", "2000000\n");
  put("/sys/fs/cgroup/a/memory.current", "1900000\n");
  put("/sys/fs/cgroup/a/memory.stat", "anon 100000\ninactive_file 1800000\n");
  EXPECT_EQ(free_memory(root_).bytes, 1'900'000u);
}

TEST_F(MemoryLimitTest, AnAncestorMayBeTighter) {
  put("/proc/self/cgroup", "0::/a/b\n");
  put("/sys/fs/cgroup/a/b/memory.max", "max\n");
  put("/sys/fs/cgroup/a/b/memory.current", "10\n");
  put("/sys/fs/cgroup/a/memory.max", "1000000\n");
  put("/sys/fs/cgroup/a/memory.current", "1000001\n");
  EXPECT_EQ(free_memory(root_).bytes, 0u) << "more used than allowed leaves nothing";
}

TEST_F(MemoryLimitTest, AGroupOfVersion1Counts) {
  put("/proc/self/cgroup", "7:cpu,memory:/jobs\n3:pids:/jobs\n");
  put("/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes", "3000000\n");
  put("/sys/fs/cgroup/memory/jobs/memory.usage_in_bytes", "1000000\n");
  const MemoryLimit limit = free_memory(root_);
  EXPECT_EQ(limit.bytes, 2'000'000u);
  EXPECT_EQ(limit.by, "cgroup v1 memory.limit_in_bytes");
}

}  // namespace
}  // namespace share::test
