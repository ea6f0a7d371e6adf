#include <share/manager/served.hpp>

#include "dict_object.hpp"
#include "list_object.hpp"
#include "set_object.hpp"

namespace share::manager {

std::unique_ptr<Served> make_served(std::string_view class_name) {
  if (class_name == "list") return std::make_unique<ListObject>();
  if (class_name == "dict") return std::make_unique<DictObject>();
  if (class_name == "set") return std::make_unique<SetObject>();
  if (class_name == "namespace") return std::make_unique<NamespaceObject>();
  return nullptr;
}

}  // namespace share::manager
