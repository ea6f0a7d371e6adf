// The classes whose objects a manager's server can make: those of the library and, from
// registered.hpp, custom ones.
#pragma once

#include <share/manager/registered.hpp>
#include <string_view>

namespace share::manager {

/// Null when there is none of that name.
const MakeServed* find_class(std::string_view name);

}  // namespace share::manager
