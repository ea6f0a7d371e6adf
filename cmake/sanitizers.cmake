# SHAREBENCH_SANITIZE: empty, "address,undefined" or "thread". Applies to every target, because a
# sanitizer that sees only half of a program reports nonsense.
set(SHAREBENCH_SANITIZE "" CACHE STRING "Sanitizers: empty, address,undefined or thread")
set_property(CACHE SHAREBENCH_SANITIZE PROPERTY STRINGS "" "address,undefined" "undefined" "thread")
if(SHAREBENCH_SANITIZE)
  add_compile_options(-fsanitize=${SHAREBENCH_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)  # the presets say -g1: line numbers, and cheaper to build than -g
  add_link_options(-fsanitize=${SHAREBENCH_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)  # false with sanitizers, in <regex> of GCC 12
  elseif(SHAREBENCH_SANITIZE MATCHES "address")
    add_compile_definitions(__SANITIZE_ADDRESS__=1)  # as GCC does
  elseif(SHAREBENCH_SANITIZE STREQUAL "thread")
    add_compile_definitions(__SANITIZE_THREAD__=1)
  endif()
  if(SHAREBENCH_SANITIZE STREQUAL "thread")
    # GCC warns for every standalone fence that the sanitizer does not model; we use none that matter.
    add_compile_options(-Wno-tsan)
  endif()
endif()
