# embed_python(<folder> <output.cpp> <module>...): the modules' texts become constants of the program.
function(embed_python folder output)
  set(entries "")
  foreach(name ${ARGN})
    file(READ ${folder}/${name}.py text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name}.py)
    string(APPEND entries "    PythonModule{\"${name}\", R\"python(${text})python\"},\n")
  endforeach()
  list(LENGTH ARGN count)
  file(CONFIGURE OUTPUT ${output} CONTENT
"#include \"bench/python/interpreter.hpp\"

namespace sharebench {

const std::array<PythonModule, @count@> kPythonModules = {
@entries@};

}  // namespace sharebench
" @ONLY)
endfunction()
