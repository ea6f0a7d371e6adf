# One interface target that every target of the project links privately.
add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports std::string concatenation falsely (gcc.gnu.org bug 105651).
  target_compile_options(project_warnings INTERFACE -Wno-restrict)
endif()
option(SHAREBENCH_WERROR "Treat warnings as errors (CI)" OFF)
if(SHAREBENCH_WERROR)
  target_compile_options(project_warnings INTERFACE -Werror)
endif()
