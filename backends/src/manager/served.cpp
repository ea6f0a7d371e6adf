#include <algorithm>
#include <share/manager/served.hpp>

#include "classes.hpp"

namespace share::manager {

using protocol::Status;

Status MethodCall::read_timeout(const Datum& argument, std::chrono::nanoseconds& timeout) const {
  if (caller.client == 0) return Status::not_greeted;
  const auto* number = std::get_if<std::int64_t>(&argument.content());
  if (number == nullptr) return Status::wrong_type;
  if (*number < 0) return Status::out_of_range;
  timeout = std::min(std::chrono::nanoseconds(*number), protocol::kLongestWait);
  host.answer_binds = true;
  return Status::ok;
}

Status MethodCall::park(std::chrono::nanoseconds timeout, Status impatient) {
  if (timeout.count() == 0 || !may_wait) return impatient;
  return host.waits.park(caller, object, Waits::Clock::now() + timeout) ? Status::waiting
                                                                        : Status::too_large;
}

Status make_served(std::string_view class_name, Datum::List& arguments,
                   std::unique_ptr<Served>& object) {
  const MakeServed* make = find_class(class_name);
  return make == nullptr ? Status::wrong_type : (*make)(arguments, object);
}

}  // namespace share::manager
