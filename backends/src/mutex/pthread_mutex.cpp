#include "pthread_mutex.hpp"

#include <share/core/error.hpp>

namespace share::mutex {

void check_pthread(const char* call, std::string_view lock, int error) {
  if (error != 0) throw SystemError(call, lock, error);
}

void init_pthread_mutex(pthread_mutex_t& mutex, int robust, std::string_view lock) {
  pthread_mutexattr_t attributes;
  check_pthread("pthread_mutexattr_init", lock, pthread_mutexattr_init(&attributes));
  check_pthread("pthread_mutexattr_setpshared", lock,
                pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
  check_pthread("pthread_mutexattr_setrobust", lock,
                pthread_mutexattr_setrobust(&attributes, robust));
  check_pthread("pthread_mutex_init", lock, pthread_mutex_init(&mutex, &attributes));
  pthread_mutexattr_destroy(&attributes);
}

}  // namespace share::mutex
