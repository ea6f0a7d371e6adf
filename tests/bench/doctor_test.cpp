// The doctor on machines made of files.
#include "bench/doctor/doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace sharebench {
namespace {

namespace fs = std::filesystem;

class DoctorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/doctorXXXXXX";
    root_ = mkdtemp(pattern.data());
    probe_.steal_share = probe_.foreign_share = 0;
    probe_.clock_source = "tsc";
    probe_.file_size_limit = probe_.open_files_limit = ~std::uint64_t{0};
  }
  void TearDown() override { fs::remove_all(root_); }
  void file(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text << "\n";
  }
  Finding find(const std::string& name) {
    const auto all = examine(root_, probe_);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Finding& f) { return f.name == name; });
    EXPECT_NE(found, all.end()) << name;
    return *found;
  }
  fs::path root_;
  SystemProbe probe_;
};

TEST_F(DoctorTest, AnEmptyMachineTellsLittleAndNothingBad) {
  for (const Finding& f : examine(root_, probe_)) {
    EXPECT_NE(f.health, Health::bad) << f.name;
    EXPECT_FALSE(f.meaning.empty()) << f.name;
  }
}

TEST_F(DoctorTest, TheGovernor) {
  file("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
  EXPECT_EQ(find("governor").health, Health::bad);
  EXPECT_NE(find("governor").remedy.find("cpupower"), std::string::npos);
  file("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  EXPECT_EQ(find("governor").health, Health::good);
  EXPECT_TRUE(find("governor").remedy.empty());
}

TEST_F(DoctorTest, TurboOfEitherMaker) {
  file("sys/devices/system/cpu/cpufreq/boost", "1");
  EXPECT_NE(find("turbo").remedy.find("cpufreq/boost"), std::string::npos);
  file("sys/devices/system/cpu/intel_pstate/no_turbo", "1");
  file("sys/devices/system/cpu/cpufreq/boost", "0");
  EXPECT_EQ(find("turbo").value, "off");
}

TEST_F(DoctorTest, LimitsOfTheControlGroup) {
  file("sys/fs/cgroup/cpu.max", "150000 100000");
  EXPECT_EQ(find("CPU quota").health, Health::bad);
  file("sys/fs/cgroup/cpu.max", "max 100000");
  EXPECT_EQ(find("CPU quota").health, Health::good);
  file("sys/fs/cgroup/memory.max", "1073741824");
  EXPECT_EQ(find("memory limit").health, Health::note);
}

TEST_F(DoctorTest, NoiseAndClock) {
  probe_.steal_share = 0.03;
  EXPECT_EQ(find("steal").health, Health::bad);
  probe_.foreign_share = 0.2;
  EXPECT_EQ(find("load").health, Health::bad);
  probe_.clock_source = "hpet";
  EXPECT_EQ(find("clock source").health, Health::bad);
}

TEST_F(DoctorTest, MitigationsAreListed) {
  file("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI");
  file("sys/devices/system/cpu/vulnerabilities/mds", "Not affected");
  EXPECT_EQ(find("mitigations").value, "meltdown");
}

TEST_F(DoctorTest, TheTextSaysHowManyAreBad) {
  probe_.steal_share = 0.5;
  EXPECT_NE(doctor_text(examine(root_, probe_)).find("1 of "), std::string::npos);
}

}  // namespace
}  // namespace sharebench
