// Distributions build libzmq without the thread sanitizer, which then sees its memory but not the
// lock-free queues that hand it over, and reports every message that crosses threads.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions();  // a name that the sanitizer looks for

extern "C" const char* __tsan_default_suppressions() {
  return "race:libzmq.so\ncalled_from_lib:libzmq.so\n";
}
#endif
