# Run by target build_info (cmake/build_info.cmake).
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --short=10 HEAD
                OUTPUT_VARIABLE sha OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
set(dirty false)
if(failed)
  set(sha unknown)
else()
  execute_process(COMMAND git -C ${SOURCE_DIR} status --porcelain --untracked-files=no
                  OUTPUT_VARIABLE changes)
  if(changes)
    set(dirty true)
  endif()
endif()
set(optimised false)
if(BUILD_TYPE MATCHES "Rel" AND NOT SANITIZE)
  set(optimised true)
endif()
if(SANITIZE)
  string(APPEND FLAGS " -fsanitize=${SANITIZE}")
endif()
string(STRIP "${FLAGS}" FLAGS)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
"#include \"bench/build_info.hpp\"

#include <fmt/core.h>
#include <gnu/libc-version.h>
#include <nlohmann/json.hpp>

#include <boost/version.hpp>

#if SHARE_HAS_ZEROMQ
#include <share/manager/ipc.hpp>
#endif

namespace sharebench {

const BuildInfo& build_info() {
  static const BuildInfo info = {
      \"@sha@\", @dirty@, \"@BUILD_TYPE@\", \"@COMPILER@\", \"@FLAGS@\", @optimised@,
      {{\"boost\", BOOST_LIB_VERSION},
       {\"fmt\", std::to_string(FMT_VERSION)},
       {\"glibc\", gnu_get_libc_version()},
       {\"nlohmann_json\", std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + \".\" +
                             std::to_string(NLOHMANN_JSON_VERSION_MINOR)},
       #if SHARE_HAS_ZEROMQ
       {\"zeromq\", share::manager::library_version()},
#endif
      }};
  return info;
}

}  // namespace sharebench
")
