# One interface target that every target of the project links privately.
add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual)
option(SHAREBENCH_WERROR "Treat warnings as errors (CI)" OFF)
if(SHAREBENCH_WERROR)
  target_compile_options(project_warnings INTERFACE -Werror)
endif()
