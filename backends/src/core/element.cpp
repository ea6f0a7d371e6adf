#include <share/core/element.hpp>
#include <share/core/error.hpp>

namespace share {

char element_code(char code) {
  switch (code) {
    case 'c':
      return type_code<char>();
    case 'u':
      return type_code<wchar_t>();
    case 'l':
      return type_code<long>();
    case 'L':
      return type_code<unsigned long>();
    default:
      if (kTypeCodes.find(code) != kTypeCodes.npos) return code;
      throw BadTypeCode(code);
  }
}

}  // namespace share
