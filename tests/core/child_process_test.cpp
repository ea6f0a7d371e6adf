#include <fcntl.h>

#include <share/core/child_process.hpp>
#include <share/core/error.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

using namespace std::chrono_literals;

ChildProcess shell(const std::string& script, std::vector<int> inherit = {}) {
  return ChildProcess::start({{"/bin/sh", "-c", script}, std::move(inherit), std::nullopt});
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_TRUE(shell("exit 0").wait(Deadline::after(kPatience))->clean());
  EXPECT_EQ(shell("exit 3").wait(Deadline::after(kPatience))->describe(), "exit 3");
  EXPECT_EQ(shell("kill -9 $$").wait(Deadline::after(kPatience))->describe(),
            "killed by signal 9 (Killed)");
  ChildProcess missing = ChildProcess::start({{"/no/such/program"}, {}, std::nullopt});
  EXPECT_EQ(missing.wait(Deadline::after(kPatience))->describe(), "exit 127");
  EXPECT_THROW(ChildProcess::start({}), Error);
}

TEST(ChildProcess, WaitGivesUpAtItsDeadlineAndTheDestructorKills) {
  pid_t pid;
  {
    ChildProcess sleeper = shell("exec sleep 1000");
    pid = sleeper.pid();
    EXPECT_FALSE(sleeper.wait(Deadline::after(10ms)));
  }
  EXPECT_NE(::kill(pid, 0), 0) << "the child outlived its owner object";
}

TEST(ChildProcess, InheritsOnlyWhatIsNamed) {
  const Descriptor kept(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor leaked(open("/dev/null", O_RDONLY));  // not close-on-exec
  const std::string script = "test -e /proc/self/fd/" + std::to_string(kept.get()) +
                             " && ! test -e /proc/self/fd/" + std::to_string(leaked.get());
  EXPECT_TRUE(shell(script, {kept.get()}).wait(Deadline::after(kPatience))->clean());
}

TEST(ChildProcess, RunsOnTheCpuItIsGiven) {
  ChildProcess child = ChildProcess::start(
      {{"/bin/sh", "-c", "grep -q '^Cpus_allowed_list:[[:space:]]*0$' /proc/self/status"}, {}, 0});
  EXPECT_TRUE(child.wait(Deadline::after(kPatience))->clean());
}

TEST(ChildProcess, DiesWithItsParent) {
  SharedArray<std::atomic<pid_t>> grandchild(1);
  Child parent([&] {
    ChildProcess child = shell("exec sleep 1000");
    grandchild[0] = child.pid();
    ::pause();
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return grandchild[0] != 0; }));
  parent.kill();
  EXPECT_TRUE(becomes_true([&] { return has_ended(grandchild[0]); }));
}

TEST(ChildProcess, IgnoresAnInterruptOfTheTerminal) {
  ChildProcess child = shell("kill -INT $$; exit 5");
  EXPECT_EQ(child.wait(Deadline::after(kPatience))->describe(), "exit 5");
}

}  // namespace
}  // namespace share::test
