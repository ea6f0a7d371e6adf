// The list of a manager: the methods of Python's, and atomic ones. Indices count from the end when
// negative, as Python's do. See docs/manager.md for what each method does.
#pragma once

#include <share/manager/served.hpp>

namespace share::manager {

class ListObject final : public Served {
 public:
  protocol::Status call(std::string_view method, MethodCall call) override;
  std::size_t size() const noexcept override { return items_.size(); }
  void dropped(Room& room) noexcept override;

 private:
  using Status = protocol::Status;

  Status append(MethodCall& call);
  Status append_if_absent(MethodCall& call);
  Status extend(MethodCall& call);
  Status insert(MethodCall& call);
  Status set(MethodCall& call);
  Status compare_and_set(MethodCall& call);
  Status add(MethodCall& call);
  Status get(MethodCall& call);
  Status slice(MethodCall& call);
  Status set_slice(MethodCall& call);
  Status delete_slice(MethodCall& call);
  Status copy(MethodCall& call);
  Status pop(MethodCall& call);
  Status erase(MethodCall& call);
  Status remove(MethodCall& call);
  Status clear(MethodCall& call);
  Status repeat(MethodCall& call);
  Status reverse(MethodCall& call);
  Status sort(MethodCall& call);
  Status index(MethodCall& call);
  Status count(MethodCall& call);
  Status contains(MethodCall& call);
  Status len(MethodCall& call);

  Status place_of(const Datum& index, std::size_t& place) const;
  std::size_t find(const Datum& item) const;
  Datum take_out(std::size_t place, Room& room);
  void give_memory_back();

  // What a slice means in this list: places that are all inside it.
  struct Places {
    std::int64_t first = 0, stride = 1, count = 0;
    std::size_t at(std::int64_t i) const noexcept {
      return static_cast<std::size_t>(first + i * stride);
    }
  };
  // `ends`: start and stop, or fewer.
  Status places_of(std::span<const Datum> ends, std::int64_t step, Places& places) const;
  Status places_in_steps(std::span<const Datum> arguments, Places& places) const;
  // `needed`: memory of the items.
  Status replace(const Places& places, Datum::List& items, std::size_t needed, Room& room);

  static const Method<ListObject> kMethods[];
  Datum::List items_;
};

}  // namespace share::manager
