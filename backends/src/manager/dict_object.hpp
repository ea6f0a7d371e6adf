// The dictionary of a manager, and the namespace, which is one whose keys are names. Entries keep
// the order in which their keys came, as in Python. See docs/manager.md for what each method does.
#pragma once

#include <list>
#include <map>
#include <share/manager/served.hpp>

namespace share::manager {

class DictObject : public Served {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return places_.size(); }
  void dropped(Room& room) noexcept override;

 protected:
  using Status = protocol::Status;

  Status get(MethodCall& call);
  Status get_or(MethodCall& call);
  Status set(MethodCall& call);
  Status set_default(MethodCall& call);
  Status compare_and_set(MethodCall& call);
  Status add(MethodCall& call);
  Status update(MethodCall& call);
  Status erase(MethodCall& call);
  Status pop(MethodCall& call);
  Status pop_item(MethodCall& call);
  Status clear(MethodCall& call);
  Status contains(MethodCall& call);
  Status len(MethodCall& call);
  Status keys(MethodCall& call);
  Status values(MethodCall& call);
  Status copy(MethodCall& call);

 private:
  using Entries = std::list<Datum::Entry>;
  struct ByKey {
    bool operator()(const Datum* a, const Datum* b) const { return *a < *b; }
  };
  using Places = std::map<const Datum*, Entries::iterator, ByKey>;

  Places::iterator find(const Datum& key) { return places_.find(&key); }
  Status insert(Datum key, Datum value, Room& room);
  void drop(Places::iterator at, Room& room);

  static const Method<DictObject> kMethods[];
  Entries entries_;
  Places places_;  // points to the keys in entries_
};

/// Attributes: keys are texts, and only the methods that attributes have.
class NamespaceObject final : public DictObject {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;

 private:
  static const Method<NamespaceObject> kMethods[];
};

}  // namespace share::manager
