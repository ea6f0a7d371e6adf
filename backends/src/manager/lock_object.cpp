#include "lock_object.hpp"

namespace share::manager {

const Method<LockObject> LockObject::kMethods[] = {
    {"acquire", 1, 1, &LockObject::acquire},
    {"release", 0, 0, &LockObject::release},
    {"holder", 0, 0, &LockObject::holder},
};

protocol::Status LockObject::call(std::string_view method, MethodCall call) {
  return call_method<LockObject>(kMethods, *this, method, call);
}

}  // namespace share::manager
