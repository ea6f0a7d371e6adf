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

TEST(NamedSegment, IsFoundByNamePrivateAndRemovedByItsOwner) {
  std::string name;
  {
    const NamedSegment segment = NamedSegment::create(8192);
    name = segment.name();
    struct stat status;
    ASSERT_EQ(stat(("/dev/shm" + name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    Child child([&] {
      const NamedSegment opened = NamedSegment::open(name);
      opened.data()[1] = std::byte{7};
      return opened.size() == 8192;
    });
    EXPECT_TRUE(child.succeeded());
    EXPECT_EQ(static_cast<int>(segment.data()[1]), 7);
  }
  EXPECT_THROW(NamedSegment::open(name), SystemError);
}

TEST(NamedSegment, RefusesNamesThatAreNotOurs) {
  EXPECT_THROW(NamedSegment::open("/etc/passwd"), BadAddress);
  EXPECT_THROW(NamedSegment::open("/share.1.2.xyz"), BadAddress);
}

/// A process that owns a named segment until it is killed; its name is in `name` on return.
Child start_owner(SharedArray<char>& name) {
  SharedArray<std::atomic<int>> ready(1);
  Child owner([&] {
    const NamedSegment segment = NamedSegment::create(4096);
    segment.name().copy(name.data(), 127);
    ready[0] = 1;
    ::pause();
    return true;
  });
  EXPECT_TRUE(becomes_true([&] { return ready[0] == 1; }));
  return owner;
}

TEST(NamedSegment, OfAKilledOwnerIsRemovedByTheNext) {
  SharedArray<char> name(128);
  Child owner = start_owner(name);
  owner.kill();
  const std::string path = std::string("/dev/shm") + name.data();
  EXPECT_EQ(access(path.c_str(), F_OK), 0) << "a name outlives its owner, hence the next line";
  EXPECT_GE(NamedSegment::remove_abandoned(), 1);
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(NamedSegment, StillOpenElsewhereIsKept) {
  SharedArray<char> name(128);
  Child owner = start_owner(name);
  {
    const NamedSegment opened = NamedSegment::open(name.data());
    owner.kill();
    EXPECT_EQ(NamedSegment::remove_abandoned(), 0);
  }
  EXPECT_EQ(NamedSegment::remove_abandoned(), 1);
}

TEST(NamedSegment, AForkedCopyRemovesNothing) {
  const NamedSegment segment = NamedSegment::create(4096);
  Child child([&] {
    segment.~NamedSegment();  // what returning from main() would do
    return true;
  });
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(access(("/dev/shm" + segment.name()).c_str(), F_OK), 0);
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

TEST(NamedSegment, OfALivingOwnerIsKept) {
  const NamedSegment segment = NamedSegment::create(4096);
  Child other([] {
    NamedSegment::remove_abandoned();
    return true;
  });
  EXPECT_TRUE(other.succeeded());
  EXPECT_EQ(access(("/dev/shm" + segment.name()).c_str(), F_OK), 0);
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
      return error.code() == ENOSPC && count_entries("/dev/shm") == 0;
    }
    return false;
  });
  EXPECT_TRUE(child.succeeded());
  if (privileged[0] == 0) GTEST_SKIP() << "may not mount a small file system here";
}

}  // namespace
}  // namespace share::test
