#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <share/core/memory_limit.hpp>
#include <share/core/segment.hpp>
#include <utility>

#ifndef MADV_POPULATE_WRITE  // Linux 5.14; older C libraries lack the name
#define MADV_POPULATE_WRITE 23
#endif

namespace share {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::size_t whole_pages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

Segment Segment::create(const std::string& name, std::size_t bytes) {
  const std::size_t size = whole_pages(bytes);
  require_memory("segment " + name, size);
  Descriptor fd(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) throw SystemError("memfd_create", name, errno);
  // Allocates every page, so a touch can never raise SIGBUS for want of memory.
  int error;
  do error = posix_fallocate(fd.get(), 0, static_cast<off_t>(size));
  while (error == EINTR);
  if (error != 0) throw SystemError("posix_fallocate", name, error);
  if (fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0)
    throw SystemError("fcntl(F_ADD_SEALS)", name, errno);
  return Segment(std::move(fd), size, name);
}

Segment Segment::open(int fd) {
  const std::string object = "descriptor " + std::to_string(fd);
  Descriptor own(fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!own) throw SystemError("fcntl(F_DUPFD_CLOEXEC)", object, errno);
  const int seals = fcntl(fd, F_GET_SEALS);
  if (seals == -1 || (seals & kSeals) != kSeals)
    throw BadAddress(object, "a memfd sealed against shrinking and growing");
  struct stat status;
  if (fstat(fd, &status) != 0) throw SystemError("fstat", object, errno);
  return Segment(std::move(own), static_cast<std::size_t>(status.st_size), object);
}

Segment::Segment(Descriptor fd, std::size_t bytes, const std::string& name)
    : fd_(std::move(fd)), size_(bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) throw SystemError("mmap", name, errno);
  data_ = static_cast<std::byte*>(memory);
}

Segment::Segment(Segment&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Segment& Segment::operator=(Segment&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Segment::~Segment() {
  if (data_ != nullptr) munmap(data_, size_);
}

void Segment::populate() const {
  if (madvise(data_, size_, MADV_POPULATE_WRITE) == 0) return;
  if (errno != EINVAL) throw SystemError("madvise(MADV_POPULATE_WRITE)", "segment", errno);
  // A kernel before 5.14: write each page's first byte back to itself.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  for (std::size_t at = 0; at < size_; at += page)
    __atomic_fetch_or(reinterpret_cast<unsigned char*>(data_ + at), 0, __ATOMIC_RELAXED);
}

}  // namespace share
