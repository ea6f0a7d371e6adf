#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <share/core/error.hpp>
#include <share/core/named_segment.hpp>
#include <share/core/segment.hpp>

#include "tests/support/processes.hpp"

namespace share::test {
namespace {

TEST(Segment, IsZeroFilledSharedAndSealed) {
  const Segment segment = Segment::create("test", 10'000);
  EXPECT_EQ(segment.size() % 4096, 0u);
  EXPECT_GE(segment.size(), 10'000u);
  EXPECT_EQ(static_cast<int>(segment.data()[9'999]), 0);
  Child child([&] {
    const Segment opened = Segment::open(segment.descriptor());
    opened.data()[5] = std::byte{42};
    return opened.size() == segment.size();
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(static_cast<int>(segment.data()[5]), 42);
  EXPECT_NE(ftruncate(segment.descriptor(), 0), 0) << "a shrunk segment would be SIGBUS for all";
  EXPECT_NE(ftruncate(segment.descriptor(), 1 << 20), 0);
}

TEST(Segment, RefusesADescriptorThatIsNoSealedMemfd) {
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_THROW(Segment::open(null.get()), BadAddress);
  const Descriptor unsealed(memfd_create("unsealed", MFD_CLOEXEC));
  EXPECT_THROW(Segment::open(unsealed.get()), BadAddress);
  EXPECT_THROW(Segment::open(12345), SystemError);
}

TEST(Segment, RefusesWhatDoesNotFitBeforeAllocating) {
  try {
    Segment::create("huge", std::size_t{1} << 50);
    FAIL() << "a petabyte fitted";
  } catch (const NotEnoughMemory& error) {
    EXPECT_NE(std::string(error.what()).find("huge"), std::string::npos) << error.what();
  }
}

TEST(Segment, FileSizeLimitIsAnErrorNotASignal) {
  Child child([] {
    const rlimit limit{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    try {
      Segment::create("limited", 2 << 20);
    } catch (const NotEnoughMemory& error) {
      return std::string(error.what()).find("RLIMIT_FSIZE") != std::string::npos;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
}

TEST(Segment, TooManyDescriptorsIsAnErrorThatNamesTheCall) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the undefined-behaviour sanitizer itself needs a descriptor";
#endif
  Child child([] {
    const rlimit limit{3, 3};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    try {
      Segment::create("unlucky", 4096);
    } catch (const SystemError& error) {
      return std::string(error.what()).find("memfd_create unlucky") != std::string::npos;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
}

std::string path_of(const std::string& name) { return "/dev/shm/share.object." + name; }

NamedSegment publish(const std::string& name, std::size_t bytes = 4096) {
  NamedSegment segment = NamedSegment::create(bytes);
  segment.publish(name);
  return segment;
}

TEST(NamedSegment, IsFoundByNamePrivateAndRemovedByTheLast) {
  const std::string name = fresh_name();
  {
    const NamedSegment segment = publish(name, 8192);
    struct stat status;
    ASSERT_EQ(stat(path_of(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    Child child([&] {
      const NamedSegment opened = NamedSegment::open(name);
      opened.data()[1] = std::byte{7};
      return opened.size() == 8192;
    });
    EXPECT_TRUE(child.succeeded());
    EXPECT_EQ(static_cast<int>(segment.data()[1]), 7);
    EXPECT_TRUE(named_object_exists(name)) << "the child was not the last";
  }
  EXPECT_FALSE(named_object_exists(name));
  EXPECT_THROW(NamedSegment::open(name), NoSuchObject);
}

TEST(NamedSegment, WithoutANameNobodySeesIt) {
  const int entries = count_shared_memory();
  const NamedSegment segment = NamedSegment::create(8192);
  EXPECT_EQ(count_shared_memory(), entries);
}

TEST(NamedSegment, LastsUntilTheLastWhoHasItOpen) {
  const std::string name = fresh_name();
  std::optional<NamedSegment> first = publish(name);
  SharedArray<std::atomic<int>> opened(1), go_on(1);
  Child user([&] {
    const NamedSegment segment = NamedSegment::open(name);
    opened[0] = 1;
    while (go_on[0] == 0) ::usleep(1000);
    return true;
  });
  ASSERT_TRUE(becomes_true([&] { return opened[0] == 1; }));
  first.reset();
  EXPECT_TRUE(named_object_exists(name));
  EXPECT_EQ(NamedSegment::open(name).size(), 4096u);
  go_on[0] = 1;
  EXPECT_TRUE(user.succeeded());
  EXPECT_FALSE(named_object_exists(name));
}

TEST(NamedSegment, ANameIsTakenOnce) {
  const std::string name = fresh_name();
  const NamedSegment segment = publish(name);
  EXPECT_THROW(publish(name), ObjectExists);
  Child other([&] {
    try {
      publish(name);
    } catch (const ObjectExists&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(other.succeeded());
}

TEST(NamedSegment, OfManyWhoWantTheNameOneGetsIt) {
  const std::string name = fresh_name();
  constexpr int kUsers = 8;
  SharedArray<std::atomic<int>> ready(1), got(1), done(1);
  std::vector<Child> users;
  for (int i = 0; i < kUsers; ++i)
    users.emplace_back([&] {
      NamedSegment segment = NamedSegment::create(4096);
      meet(ready[0], kUsers);
      try {
        segment.publish(name);
        ++got[0];
      } catch (const ObjectExists&) {
      }
      ++done[0];
      while (done[0] < kUsers) ::usleep(1000);
      return true;
    });
  for (Child& user : users) EXPECT_TRUE(user.succeeded());
  EXPECT_EQ(got[0], 1);
  EXPECT_FALSE(named_object_exists(name));
}

// Who looks whether it is in use must not be taken for a user.
TEST(NamedSegment, ClosingWhileOthersWantTheNameLeavesNothing) {
  const std::string name = fresh_name();
  SharedArray<std::atomic<int>> done(1);
  const auto publish_again_and_again = [&] {
    while (done[0] == 0) try {
        publish(name);
      } catch (const ObjectExists&) {
      }
    return true;
  };
  Child one(publish_again_and_again), other(publish_again_and_again);
  for (int i = 0; i < 2'000; ++i) try {
      NamedSegment::open(name);
    } catch (const NoSuchObject&) {
    }
  done[0] = 1;
  EXPECT_TRUE(one.succeeded());
  EXPECT_TRUE(other.succeeded());
  EXPECT_FALSE(named_object_exists(name));
}

TEST(NamedSegment, RefusesWhatIsNoName) {
  for (const std::string& name : {std::string(), std::string("a/b"), std::string("../x"),
                                  std::string("a b"), std::string(201, 'x')}) {
    EXPECT_THROW(NamedSegment::open(name), BadAddress) << name;
    EXPECT_THROW(publish(name), BadAddress) << name;
  }
}

TEST(NamedSegment, AnotherUsersIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  const std::string name = fresh_name();
  const NamedSegment segment = publish(name);
  Child other([&] {
    if (setuid(65534) != 0) return false;
    try {
      NamedSegment::open(name);
    } catch (const SystemError& error) {
      return error.code() == EACCES && NamedSegment::remove_abandoned() == 0;
    }
    return false;
  });
  EXPECT_TRUE(other.succeeded());
}

/// A process that has a named segment until it is killed.
Child start_owner(const std::string& name) {
  SharedArray<std::atomic<int>> ready(1);
  Child owner([&] {
    const NamedSegment segment = publish(name);
    ready[0] = 1;
    ::pause();
    return true;
  });
  EXPECT_TRUE(becomes_true([&] { return ready[0] == 1; }));
  return owner;
}

TEST(NamedSegment, OfAKilledProcessIsRemovedByTheNext) {
  const std::string name = fresh_name();
  start_owner(name).kill();  // the name outlives it, hence:
  const NamedSegment another = publish(fresh_name());
  EXPECT_FALSE(named_object_exists(name));
  start_owner(name).kill();
  EXPECT_THROW(NamedSegment::open(name), NoSuchObject) << "nobody has it";
  EXPECT_FALSE(named_object_exists(name));
  start_owner(name).kill();
  const NamedSegment again = publish(name);  // it is free
}

TEST(NamedSegment, StillOpenElsewhereIsKept) {
  const std::string name = fresh_name();
  Child owner = start_owner(name);
  {
    const NamedSegment opened = NamedSegment::open(name);
    owner.kill();
    NamedSegment::remove_abandoned();
    EXPECT_TRUE(named_object_exists(name));
  }
  EXPECT_FALSE(named_object_exists(name));
}

TEST(NamedSegment, AForkedCopyRemovesNothing) {
  const std::string name = fresh_name();
  const NamedSegment segment = publish(name);
  Child child([&] {
    segment.~NamedSegment();  // what returning from main() would do
    return true;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_TRUE(named_object_exists(name));
}

TEST(NamedSegment, AFileSizeLimitIsAnErrorNotASignal) {
  Child child([] {
    const rlimit limit{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    try {
      NamedSegment::create(2 << 20);
    } catch (const NotEnoughMemory&) {
      return true;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
}

TEST(NamedSegment, AFullFileSystemIsAnErrorNotSigbus) {
  SharedArray<int> privileged(1);
  Child child([&] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", "/dev/shm", "tmpfs", 0, "size=64k") != 0)
      return true;
    privileged[0] = 1;
    try {
      NamedSegment::create(1 << 20);
    } catch (const SystemError& error) {
      return error.code() == ENOSPC && count_shared_memory() == 0;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
  if (privileged[0] == 0) GTEST_SKIP() << "may not mount a small file system here";
}

}  // namespace
}  // namespace share::test
