# add_sharebench_with(<target> <header> <type>): the program `sharebench` with one more backend, by
# exactly what adding one takes: its file, and its line in share/all.hpp (a copy of it, in the build
# folder, that is found first).
function(add_sharebench_with target header type)
  file(READ ${PROJECT_SOURCE_DIR}/backends/include/share/all.hpp list)
  string(REPLACE "using AllBackends = BackendList<  //\n"
         "using AllBackends = BackendList<  //\n    ${type}, //\n" list "${list}")
  string(REPLACE "#pragma once\n" "#pragma once\n\n#include \"${header}\"\n" list "${list}")
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.include/share/all.hpp CONTENT "${list}" @ONLY)
  add_executable(${target} ${SHAREBENCH_MAIN_SOURCES} ${REGISTRY_SOURCES})
  target_include_directories(${target} BEFORE PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${target}.include)
  target_link_libraries(${target} PRIVATE sharebench_core project_warnings benchmark::benchmark)
endfunction()
