#include "classes.hpp"

#include <map>
#include <optional>
#include <share/core/error.hpp>
#include <string>

#include "barrier_object.hpp"
#include "condition_object.hpp"
#include "dict_object.hpp"
#include "event_object.hpp"
#include "list_object.hpp"
#include "lock_object.hpp"
#include "queue_object.hpp"
#include "semaphore_object.hpp"
#include "set_object.hpp"

namespace share::manager {
namespace {

using protocol::Status;
using Made = std::unique_ptr<Served>;

// Parties of a barrier, items in a bounded queue.
constexpr std::int64_t kMostOfAnything = std::int64_t{1} << 30;

template <class Object, class... Arguments>
Status make(Made& made, Arguments... arguments) {
  made = std::make_unique<Object>(arguments...);
  return Status::ok;
}

template <class Object>
Status plain(Datum::List& arguments, Made& made) {
  return arguments.empty() ? make<Object>(made) : Status::malformed;
}

/// The only argument, which may be missing where there is a usual one.
Status number_in(const Datum::List& arguments, std::optional<std::int64_t> usual,
                 std::int64_t least, std::int64_t& number) {
  if (arguments.size() > 1 || (arguments.empty() && !usual)) return Status::malformed;
  if (arguments.empty()) {
    number = *usual;
    return Status::ok;
  }
  const auto* given = std::get_if<std::int64_t>(&arguments[0].content());
  if (given == nullptr) return Status::wrong_type;
  number = *given;
  return number >= least && number <= kMostOfAnything ? Status::ok : Status::out_of_range;
}

template <bool recursive>
Status lock(Datum::List& arguments, Made& made) {
  return arguments.empty() ? make<LockObject>(made, recursive) : Status::malformed;
}

/// Units at the start.
template <bool bounded>
Status semaphore(Datum::List& arguments, Made& made) {
  std::int64_t units = 0;
  const Status status = number_in(arguments, 1, 0, units);
  return status == Status::ok ? make<SemaphoreObject>(made, units, bounded) : status;
}

/// Parties.
Status barrier(Datum::List& arguments, Made& made) {
  std::int64_t parties = 0;
  const Status status = number_in(arguments, std::nullopt, 1, parties);
  return status == Status::ok ? make<BarrierObject>(made, static_cast<std::size_t>(parties))
                              : status;
}

/// Items at most; 0: no limit.
template <bool joinable>
Status queue(Datum::List& arguments, Made& made) {
  std::int64_t most = 0;
  const Status status = number_in(arguments, 0, 0, most);
  return status == Status::ok ? make<QueueObject>(made, static_cast<std::size_t>(most), joinable)
                              : status;
}

using Classes = std::map<std::string, MakeServed, std::less<>>;

Classes& classes() {
  static Classes all = {
      {"list", &plain<ListObject>},
      {"dict", &plain<DictObject>},
      {"set", &plain<SetObject>},
      {"namespace", &plain<NamespaceObject>},
      {"queue", &queue<false>},
      {"joinable_queue", &queue<true>},
      {"lock", &lock<false>},
      {"rlock", &lock<true>},
      {"semaphore", &semaphore<false>},
      {"bounded_semaphore", &semaphore<true>},
      {"condition", &plain<ConditionObject>},
      {"event", &plain<EventObject>},
      {"barrier", &barrier},
  };
  return all;
}

}  // namespace

const MakeServed* find_class(std::string_view name) {
  const auto found = classes().find(name);
  return found == classes().end() ? nullptr : &found->second;
}

void detail::register_class(std::string_view name, MakeServed make) {
  if (!classes().emplace(name, std::move(make)).second) {
    throw ObjectExists(name, "the table of classes");
  }
}

}  // namespace share::manager
