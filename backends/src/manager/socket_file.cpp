#include "socket_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <share/core/error.hpp>
#include <utility>

namespace share::manager {
namespace {

std::string lock_path(const std::string& path) { return path + ".lock"; }

// The holder unlinks the lock file before it lets go, so a lock may be taken on a file that no
// longer has the name; such a lock protects nothing.
bool still_named(int file, const std::string& name) {
  struct stat held {};
  struct stat named {};
  return ::fstat(file, &held) == 0 && ::stat(name.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

// An errno, 0 for success.
int lock(const std::string& name, int open_flags, Descriptor& locked) {
  for (;;) {
    Descriptor file(::open(name.c_str(), open_flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return errno;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return errno;
    if (still_named(file.get(), name)) {
      locked = std::move(file);
      return 0;
    }
  }
}

// Removes a socket, never anything else. An errno, 0 when nothing is there any more.
int remove_socket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return errno == ENOENT ? 0 : errno;
  if (!S_ISSOCK(found.st_mode)) return ENOTSOCK;
  return ::unlink(path.c_str()) == 0 ? 0 : errno;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  const std::string name = lock_path(path_);
  const int refused = lock(name, O_CREAT, lock_);
  if (refused == EWOULDBLOCK) throw AddressInUse("ipc://" + path_);
  if (refused != 0) throw SystemError("open", name, refused);
  if (const int error = remove_socket(path_); error != 0) {
    ::unlink(name.c_str());
    throw SystemError("unlink", path_, error);
  }
}

SocketFile::~SocketFile() {
  remove_socket(path_);
  ::unlink(lock_path(path_).c_str());  // still locked: see still_named()
}

void remove_socket_leftovers(const std::string& path) noexcept {
  Descriptor locked;
  if (lock(lock_path(path), 0, locked) != 0) return;
  remove_socket(path);
  ::unlink(lock_path(path).c_str());
}

}  // namespace share::manager
