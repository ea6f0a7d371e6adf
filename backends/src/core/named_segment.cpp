#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <share/core/error.hpp>
#include <share/core/memory_limit.hpp>
#include <share/core/named_segment.hpp>
#include <thread>
#include <utility>

namespace share {
namespace {

constexpr const char* kFolder = "/dev/shm";
constexpr std::string_view kPrefix = "share.object.";
constexpr std::size_t kMostLetters = 200;
// How often one looks again while somebody else finds out whether the name is abandoned.
constexpr int kTries = 200;

std::string path_of(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (name.empty() || name.size() > kMostLetters || !std::ranges::all_of(name, allowed))
    throw BadAddress(name, "a name of 1 to 200 letters, digits, '.', '_' and '-'");
  return fmt::format("{}/{}{}", kFolder, kPrefix, name);
}

// The lock says that somebody has it open; alone is who closes it last.
bool lock(const Descriptor& fd, int kind) noexcept { return flock(fd.get(), kind | LOCK_NB) == 0; }

// Another file may have got the name meanwhile.
bool has_name(const Descriptor& fd, const std::string& path) noexcept {
  struct stat open_file, named;
  return fstat(fd.get(), &open_file) == 0 && lstat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

// To be the only one who has it open, and take its name away.
bool remove_if_alone(const Descriptor& fd, const std::string& path) noexcept {
  if (!lock(fd, LOCK_EX)) return false;
  const bool removed = has_name(fd, path) && unlink(path.c_str()) == 0;
  lock(fd, LOCK_UN);  // another thread may have forked: closing would leave its copy locked
  return removed;
}

enum class Found { nothing, abandoned, in_use, changing };

// Abandoned means: no more.
Found look_at(const std::string& path) noexcept {
  const Descriptor fd(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return errno == ENOENT ? Found::nothing : Found::in_use;
  struct stat status;
  if (fstat(fd.get(), &status) != 0 || status.st_uid != geteuid()) return Found::in_use;
  if (remove_if_alone(fd, path)) return Found::abandoned;
  if (!lock(fd, LOCK_SH)) return Found::changing;  // somebody else looks
  // Who closed it meanwhile was not alone, because of us, and left the name.
  const bool removed = remove_if_alone(fd, path);
  const bool named = has_name(fd, path);
  lock(fd, LOCK_UN);
  return removed ? Found::abandoned : named ? Found::in_use : Found::changing;
}

void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

}  // namespace

NamedSegment NamedSegment::create(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = (bytes + page - 1) / page * page;
  require_memory("a named segment", size);
  Descriptor fd(::open(kFolder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) throw SystemError("open", kFolder, errno);
  int error = 0;
  do {
    error = posix_fallocate(fd.get(), 0, static_cast<off_t>(size));
  } while (error == EINTR);
  if (error != 0) throw SystemError("posix_fallocate", kFolder, error);
  return NamedSegment(std::move(fd), size, "");
}

void NamedSegment::publish(const std::string& name) {
  const std::string path = path_of(name);
  remove_abandoned();
  if (!lock(fd_, LOCK_SH)) throw SystemError("flock", path, errno);
  const std::string file = fmt::format("/proc/self/fd/{}", fd_.get());
  for (int tries = 0; tries < kTries; ++tries) {
    if (linkat(AT_FDCWD, file.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      name_ = name;
      return;
    }
    if (errno != EEXIST) throw SystemError("linkat", path, errno);
    const Found found = look_at(path);
    if (found == Found::in_use) break;
    if (found == Found::changing) wait_a_little();
  }
  throw ObjectExists(name, kFolder);
}

NamedSegment NamedSegment::open(const std::string& name) {
  const std::string path = path_of(name);
  for (int tries = 0; tries < kTries; ++tries) {
    Descriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!fd && errno == ENOENT) break;
    if (!fd) throw SystemError("open", path, errno);
    struct stat status;
    if (fstat(fd.get(), &status) != 0) throw SystemError("fstat", path, errno);
    // Root may open everybody's; whose it is could change it at will.
    if (status.st_uid != geteuid()) throw SystemError("open", path, EACCES);
    if (remove_if_alone(fd, path)) break;  // its last users were killed
    if (lock(fd, LOCK_SH) && has_name(fd, path))
      return NamedSegment(std::move(fd), static_cast<std::size_t>(status.st_size), name);
    wait_a_little();  // it is being removed
  }
  throw NoSuchObject(name, kFolder);
}

NamedSegment::NamedSegment(Descriptor fd, std::size_t bytes, std::string name)
    : name_(std::move(name)), fd_(std::move(fd)), size_(bytes), opener_(getpid()) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) throw SystemError("mmap", name_.empty() ? kFolder : name_, errno);
  data_ = static_cast<std::byte*>(memory);
}

NamedSegment::NamedSegment(NamedSegment&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      opener_(other.opener_) {}

NamedSegment::~NamedSegment() {
  if (data_ == nullptr) return;
  munmap(data_, size_);
  // The lock of a copy inherited by fork is that of the process it was inherited from.
  if (name_.empty() || opener_ != getpid()) return;
  const std::string path = fmt::format("{}/{}{}", kFolder, kPrefix, name_);
  remove_if_alone(fd_, path);
}

int NamedSegment::remove_abandoned() {
  int removed = 0;
  std::error_code ignored;  // a folder that vanishes or cannot be read has nothing for us
  std::filesystem::directory_iterator entry(kFolder, ignored);
  for (; entry != std::filesystem::directory_iterator(); entry.increment(ignored))
    if (entry->path().filename().string().starts_with(kPrefix))
      removed += look_at(entry->path().string()) == Found::abandoned;
  return removed;
}

}  // namespace share
