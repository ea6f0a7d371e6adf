# Third-party packages, one paragraph each. What is optional leaves something out and says so.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.71 REQUIRED)  # headers only: Boost.Interprocess

# ZeroMQ: without it the manager backends are left out.
find_package(PkgConfig)
if(PkgConfig_FOUND)
  pkg_check_modules(zeromq IMPORTED_TARGET libzmq)
endif()
find_path(CPPZMQ_INCLUDE_DIR zmq.hpp)
if(zeromq_FOUND AND CPPZMQ_INCLUDE_DIR)
  set(SHARE_HAS_ZEROMQ 1)
else()
  set(SHARE_HAS_ZEROMQ 0)
  message(STATUS "manager.* left out: ZeroMQ not found (Debian: libzmq3-dev cppzmq-dev)")
endif()

if(SHAREBENCH_BUILD_BENCH)
  find_package(benchmark REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()
if(SHAREBENCH_BUILD_BENCH OR SHARE_HAS_ZEROMQ)  # for the programs
  find_package(CLI11 REQUIRED)
endif()

if(SHAREBENCH_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(nlohmann_json REQUIRED)
  # run_all.sh says which Python has the report's packages; python3 on PATH may be another one.
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()
