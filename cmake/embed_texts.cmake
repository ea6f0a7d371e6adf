# embed_texts(<output.cpp> <header> <type> <array> <folder> <extension> <name>...): the files' texts
# become constants of the program: `const std::array<type, n> array`, declared in the header.
function(embed_texts output header type array folder extension)
  set(entries "")
  foreach(name ${ARGN})
    set(file ${folder}/${name}.${extension})
    file(READ ${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    string(APPEND entries "    ${type}{\"${name}\", R\"text(${text})text\"},\n")
  endforeach()
  list(LENGTH ARGN count)
  file(CONFIGURE OUTPUT ${output} CONTENT
"#include \"@header@\"

namespace sharebench {

const std::array<@type@, @count@> @array@ = {
@entries@};

}  // namespace sharebench
" @ONLY)
endfunction()
