#include <fmt/format.h>

#include <share/core/error.hpp>
#include <share/objects/number.hpp>

namespace share {

std::string Number::text() const {
  return std::visit([](auto value) { return fmt::format("{}", value); }, value_);
}

void Number::refuse(const std::string& number, char code) {
  std::string lowest, highest;
  with_type(code, [&]<class T>(T) {
    lowest = fmt::format("{}", std::numeric_limits<T>::lowest());
    highest = fmt::format("{}", std::numeric_limits<T>::max());
  });
  throw NotRepresentable(number, code, lowest, highest);
}

}  // namespace share
