// Distributions build libzmq and libsodium without the thread sanitizer, which then sees their
// memory but not the lock-free queues that hand it over, and reports every message that crosses
// threads. Tests fork while they have a connection, which has threads; the child uses nothing of
// it.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions();  // names that the sanitizer looks for
extern "C" const char* __tsan_default_options();

extern "C" const char* __tsan_default_suppressions() {
  return "race:libzmq.so\ncalled_from_lib:libzmq.so\n"
         "race:libsodium.so\ncalled_from_lib:libsodium.so\n";
}

extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
#endif
