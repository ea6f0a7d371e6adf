# A backend more, by exactly what adding one takes: its file, and its line in share/all.hpp (a copy of it, in
# the build folder, that is found first).
#   add_sharebench_with(<target> <header> <type>)   the program `sharebench` with it
#   add_contract_with(<target> <header> <type>)     the contract tests with it
function(list_extra_backend target header type)
  file(READ ${PROJECT_SOURCE_DIR}/backends/include/share/all.hpp list)
  string(REPLACE "using AllBackends = BackendList<  //\n"
         "using AllBackends = BackendList<  //\n    ${type}, //\n" list "${list}")
  string(REPLACE "#pragma once\n" "#pragma once\n\n#include \"${header}\"\n" list "${list}")
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.include)
  file(CONFIGURE OUTPUT ${folder}/share/all.hpp CONTENT "${list}" @ONLY)
  target_include_directories(${target} BEFORE PRIVATE ${folder})
endfunction()

function(add_sharebench_with target header type)
  add_executable(${target} ${SHAREBENCH_MAIN_SOURCES} ${REGISTRY_SOURCES})
  list_extra_backend(${target} ${header} ${type})
  target_link_libraries(${target} PRIVATE sharebench_core project_warnings benchmark::benchmark)
endfunction()

function(add_contract_with target header type)
  set(contract ${PROJECT_SOURCE_DIR}/tests/contract)
  add_executable(${target} ${contract}/death_test.cpp ${contract}/objects_test.cpp
                 ${contract}/updates_test.cpp)
  list_extra_backend(${target} ${header} ${type})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE share::share project_warnings GTest::gtest_main)
endfunction()
