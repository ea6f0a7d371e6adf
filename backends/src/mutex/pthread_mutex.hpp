// What the POSIX mutexes have in common.
#pragma once

#include <pthread.h>

#include <string_view>

// The thread sanitizers of GCC 12 and clang 14 do not know pthread_mutex_clocklock: what it has
// locked is told to them.
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define TELL_SANITIZER_LOCKED(mutex) \
  (__tsan_mutex_pre_lock(mutex, 0), __tsan_mutex_post_lock(mutex, 0, 0))
#else
#define TELL_SANITIZER_LOCKED(mutex) static_cast<void>(0)
#endif

namespace share::mutex {

/// @throws SystemError that names `lock`, if `error` is not 0.
void check_pthread(const char* call, std::string_view lock, int error);

/// Between processes. @param robust PTHREAD_MUTEX_STALLED or PTHREAD_MUTEX_ROBUST.
void init_pthread_mutex(pthread_mutex_t& mutex, int robust, std::string_view lock);

}  // namespace share::mutex
