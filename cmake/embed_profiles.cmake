# embed_profiles(<folder> <output.cpp> <name>...): the JSON texts become constants of the program.
function(embed_profiles folder output)
  set(entries "")
  foreach(name ${ARGN})
    file(READ ${folder}/${name}.json text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name}.json)
    string(APPEND entries "    BuiltInProfile{\"${name}\", R\"json(${text})json\"},\n")
  endforeach()
  list(LENGTH ARGN count)
  file(CONFIGURE OUTPUT ${output} CONTENT
"#include \"bench/plan/profiles.hpp\"

namespace sharebench {

const std::array<BuiltInProfile, @count@> kProfiles = {
@entries@};

}  // namespace sharebench
" @ONLY)
endfunction()
