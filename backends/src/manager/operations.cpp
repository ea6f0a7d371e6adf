#include <share/core/error.hpp>
#include <share/manager/operations.hpp>
#include <string>
#include <vector>

namespace share::manager {
namespace {

struct Entry {
  std::string name;
  char type_code;
  SliceOperation operation;
};

// Inside a function, so that it exists before the first registration made before main(). A program
// has a handful of operations: a scan is the quickest search.
std::vector<Entry>& table() {
  static std::vector<Entry> entries;
  return entries;
}

}  // namespace

SliceOperation find_operation(std::string_view name, char type_code) noexcept {
  for (const Entry& entry : table()) {
    if (entry.type_code == type_code && entry.name == name) return entry.operation;
  }
  return nullptr;
}

void detail::register_slice_operation(std::string_view name, char type_code,
                                      SliceOperation operation) {
  const SliceOperation known = find_operation(name, type_code);
  if (known == operation) return;
  if (known != nullptr) throw ObjectExists(name, "the table of element operations");
  table().push_back({std::string(name), type_code, operation});
}

}  // namespace share::manager
