#pragma once

namespace sharebench {

/// Adds the rows of `primitives` about shared objects that no workload uses, see the .cpp file.
void register_object_primitives();

}  // namespace sharebench
