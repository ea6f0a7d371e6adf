# Sanitizer builds are for their tests: there the largest headers are read once a target. The release build
# goes without, so that a file that forgets an include does not compile.
option(SHAREBENCH_PRECOMPILE "Precompile the largest headers" OFF)

function(precompile_headers target)
  if(SHAREBENCH_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
