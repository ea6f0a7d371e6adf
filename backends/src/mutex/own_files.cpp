#include "own_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <share/core/descriptor.hpp>
#include <share/core/error.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace share::mutex {
namespace {

constexpr std::size_t kMostOpen = 64;  // of a thread, but for those that are held

/// What all threads have open: fork copies it, and the child has only one of the threads.
class OpenDescriptors {
 public:
  /// @throws SystemError when forks would not be seen.
  static OpenDescriptors& instance();
  static int watch_forks() noexcept;

  void add(int descriptor) {
    const std::scoped_lock guard(mutex_);
    all_.push_back(descriptor);
  }
  void close(int descriptor) noexcept {
    const std::scoped_lock guard(mutex_);
    if (std::erase(all_, descriptor) != 0) ::close(descriptor);
  }
  std::uint64_t forks() const noexcept { return forks_; }

 private:
  void begin_child() noexcept {
    for (const int descriptor : all_) ::close(descriptor);
    all_.clear();
    ++forks_;
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::vector<int> all_;
  std::uint64_t forks_ = 0;
};

// Both as the program starts: in a function they could be half made in the copy that fork makes.
constinit OpenDescriptors all_open_descriptors;
const int watching_error = OpenDescriptors::watch_forks();

OpenDescriptors& OpenDescriptors::instance() {
  if (watching_error != 0)
    throw SystemError("pthread_atfork", "the locks of files", watching_error);
  return all_open_descriptors;
}

int OpenDescriptors::watch_forks() noexcept {
  return ::pthread_atfork([] { all_open_descriptors.mutex_.lock(); },
                          [] { all_open_descriptors.mutex_.unlock(); },
                          [] { all_open_descriptors.begin_child(); });
}

struct Place {
  dev_t device;
  ino_t inode;
  off_t at;
};

/// Which byte of which file this is.
Place place_of(const void* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    off_t offset = 0;
    unsigned major = 0, minor = 0;
    ino_t inode = 0;
    char dash = 0, colon = 0;
    std::string access;
    std::istringstream fields(line);
    fields >> std::hex >> begin >> dash >> end >> access >> offset >> major >> colon >> minor >>
        std::dec >> inode;
    if (fields && begin <= address && address < end)
      return {makedev(major, minor), inode, offset + static_cast<off_t>(address - begin)};
  }
  throw SystemError("read", "/proc/self/maps", ENOENT);
}

/// Opens the file anew. Through /proc, so that it may have no name.
Descriptor opened_anew(const Place& place) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    struct stat found;
    if (::stat(entry.path().c_str(), &found) != 0 || found.st_ino != place.inode ||
        found.st_dev != place.device)
      continue;
    Descriptor file(::open(entry.path().c_str(), O_RDWR | O_CLOEXEC));
    if (file) return file;
    throw SystemError("open", entry.path().string() + " for mutex.flock", errno);
  }
  throw SystemError("find a descriptor of the memory", "mutex.flock", EBADF);
}

}  // namespace

OwnFiles& OwnFiles::of_this_thread() {
  static thread_local OwnFiles own;
  own.forget_inherited();
  return own;
}

OwnFiles::~OwnFiles() {
  forget_inherited();
  for (const File& file : files_) OpenDescriptors::instance().close(file.descriptor);
}

void OwnFiles::forget_inherited() noexcept {
  const std::uint64_t forks = OpenDescriptors::instance().forks();
  if (forks != forks_) files_.clear();
  forks_ = forks;
}

OwnFiles::File* OwnFiles::find(std::uint64_t number) noexcept {
  const auto found = std::ranges::find(files_, number, &File::number);
  if (found == files_.end()) return nullptr;
  files_.splice(files_.begin(), files_, found);
  return &files_.front();
}

OwnFiles::File& OwnFiles::open(std::uint64_t number, const void* memory) {
  if (files_.size() >= kMostOpen) {
    const auto last =
        std::find_if(files_.rbegin(), files_.rend(), [](const File& file) { return !file.held; });
    if (last != files_.rend()) {
      OpenDescriptors::instance().close(last->descriptor);
      files_.erase(std::next(last).base());
    }
  }
  const Place place = place_of(memory);
  Descriptor file = opened_anew(place);
  OpenDescriptors::instance().add(file.get());
  files_.push_front({number, file.release(), place.at});
  return files_.front();
}

}  // namespace share::mutex
