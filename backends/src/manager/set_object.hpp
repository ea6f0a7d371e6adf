// The set of a manager, in the order of its values. See docs/manager.md for what each method does.
#pragma once

#include <set>
#include <share/manager/served.hpp>

namespace share::manager {

class SetObject final : public Served {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return items_.size(); }
  void dropped(Room& room) noexcept override;

 private:
  using Status = protocol::Status;

  Status add(MethodCall& call);
  Status update(MethodCall& call);
  Status discard(MethodCall& call);
  Status remove(MethodCall& call);
  Status pop(MethodCall& call);
  Status clear(MethodCall& call);
  Status contains(MethodCall& call);
  Status len(MethodCall& call);
  Status copy(MethodCall& call);

  static const Method<SetObject> kMethods[];
  std::set<Datum> items_;
};

}  // namespace share::manager
