// How many connections a server may have, from the descriptors that its process may have.
#pragma once

#include <cstddef>

namespace share::manager {

/// A quarter of the descriptors: many come before the first is turned away, and a client takes up
/// to three. Throws SystemError.
std::size_t quarter_of_descriptors();

}  // namespace share::manager
