// Which object a proxy is made for: that of a name, or the one that a reference means. A parameter
// type only: it refers to the text it was made from.
#pragma once

#include <share/manager/datum.hpp>
#include <share/manager/reference.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace share::manager {

class Which {
 public:
  Which(const char* name) : name_(name) {}
  Which(std::string_view name) : name_(name) {}
  Which(const std::string& name) : name_(name) {}
  Which(Reference reference) : reference_(std::move(reference)) {}
  /// A reference that came out of a container. @throws TypeMismatch for another value.
  Which(const Datum& datum) : reference_(datum.get<Reference>()) {}

  bool by_name() const noexcept { return reference_.object() == 0; }
  std::string_view name() const noexcept { return name_; }
  const Reference& reference() const noexcept { return reference_; }
  /// For messages: the name, or "object 4711".
  std::string shown() const {
    return by_name() ? std::string(name_)
                     : std::string("object ").append(std::to_string(reference_.object()));
  }

 private:
  std::string_view name_;
  Reference reference_;
};

}  // namespace share::manager
