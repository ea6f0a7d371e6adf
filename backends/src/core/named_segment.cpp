#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <share/core/error.hpp>
#include <share/core/memory_limit.hpp>
#include <share/core/named_segment.hpp>
#include <share/core/process_watch.hpp>
#include <utility>

namespace share {
namespace {

constexpr const char* kNameForm = "/share.<pid>.<start time>.<16 hex digits>";

struct NameParts {
  int pid;
  unsigned long long start;
  unsigned long long random;
};

bool parse(const std::string& name, NameParts& parts) {
  int used = 0;
  return std::sscanf(name.c_str(), "/share.%d.%llu.%16llx%n", &parts.pid, &parts.start,
                     &parts.random, &used) == 3 &&
         static_cast<std::size_t>(used) == name.size();
}

std::string fresh_name() {
  std::uint64_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random)
    throw SystemError("getrandom", "segment name", errno);
  return fmt::format("/share.{}.{}.{:016x}", getpid(), process_start_time(getpid()).value_or(0),
                     random);
}

}  // namespace

NamedSegment NamedSegment::create(std::size_t bytes) {
  remove_abandoned();
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = (bytes + page - 1) / page * page;
  std::string name = fresh_name();
  require_memory("segment " + name, size);
  Descriptor fd(shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) throw SystemError("shm_open", name, errno);
  // Held as long as any process has the segment open: who can lock it alone may remove it.
  if (flock(fd.get(), LOCK_SH | LOCK_NB) != 0) {
    const int error = errno;
    shm_unlink(name.c_str());
    throw SystemError("flock", name, error);
  }
  int error = 0;
  do {
    error = posix_fallocate(fd.get(), 0, static_cast<off_t>(size));
  } while (error == EINTR);
  if (error != 0) {
    shm_unlink(name.c_str());
    throw SystemError("posix_fallocate", name, error);
  }
  return NamedSegment(std::move(name), std::move(fd), size, true);
}

NamedSegment NamedSegment::open(const std::string& name) {
  NameParts parts;
  if (!parse(name, parts)) throw BadAddress(name, kNameForm);
  Descriptor fd(shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0));
  if (!fd) throw SystemError("shm_open", name, errno);
  if (flock(fd.get(), LOCK_SH | LOCK_NB) != 0) throw SystemError("flock", name, errno);
  struct stat status;
  if (fstat(fd.get(), &status) != 0) throw SystemError("fstat", name, errno);
  return NamedSegment(name, std::move(fd), static_cast<std::size_t>(status.st_size), false);
}

NamedSegment::NamedSegment(std::string name, Descriptor fd, std::size_t bytes, bool owner)
    : name_(std::move(name)), fd_(std::move(fd)), size_(bytes), owner_(owner ? getpid() : 0) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) {
    const int error = errno;
    if (owner_ != 0) shm_unlink(name_.c_str());
    throw SystemError("mmap", name_, error);
  }
  data_ = static_cast<std::byte*>(memory);
}

NamedSegment::NamedSegment(NamedSegment&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      owner_(std::exchange(other.owner_, 0)) {}

NamedSegment::~NamedSegment() {
  if (data_ != nullptr) munmap(data_, size_);
  if (owner_ == getpid()) shm_unlink(name_.c_str());  // a copy inherited by fork owns nothing
}

int NamedSegment::remove_abandoned() {
  int removed = 0;
  std::error_code ignored;  // a folder that vanishes or cannot be read has nothing for us
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm", ignored)) {
    const std::string name = "/" + entry.path().filename().string();
    NameParts parts;
    if (!parse(name, parts)) continue;
    if (process_start_time(parts.pid) == parts.start) continue;  // its owner lives
    const Descriptor fd(shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0));
    struct stat status;
    if (!fd || fstat(fd.get(), &status) != 0 || status.st_uid != geteuid()) continue;
    // Somebody has it open, perhaps in another pid namespace, where our view of its owner is wrong.
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (shm_unlink(name.c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace share
