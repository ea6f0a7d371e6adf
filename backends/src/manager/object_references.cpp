#include <new>
#include <share/manager/objects.hpp>

namespace share::manager {
/// What all stored references to an object share: its end is the end of the last of them.
class ObjectTable::Anchor {
 public:
  Anchor(ObjectTable& table, std::uint64_t number) noexcept : table_(table), number_(number) {}
  Anchor(const Anchor&) = delete;
  Anchor& operator=(const Anchor&) = delete;
  ~Anchor() { table_.doubt(number_); }

 private:
  ObjectTable& table_;
  std::uint64_t number_;
};

Keep ObjectTable::keep(std::uint64_t number) {
  Object* object = at(number);
  if (object == nullptr) return nullptr;
  if (Keep kept = object->stored.lock()) return kept;
  Keep kept = std::make_shared<const Anchor>(*this, number);
  object->stored = kept;
  has_kept_ = true;
  return kept;
}

void ObjectTable::hold(std::uint64_t client, std::uint64_t number) noexcept {
  Clients::Client* who = host_.clients.at(client);
  Object* object = at(number);
  if (who == nullptr || object == nullptr) return;
  host_.answer_binds = true;
  if (const auto held = who->held.find(number); held != who->held.end()) {
    ++held->second;
    return;
  }
  // When it fails, the answer is more important: the call has been carried out.
  if (!host_.room.take(kReferenceBytes)) return;
  try {
    who->held.emplace(number, 1);
    ++object->holders;
  } catch (const std::bad_alloc&) {
    host_.room.give(kReferenceBytes);
  }
}

void ObjectTable::hold_all(std::uint64_t client, const Datum& datum) noexcept {
  if (const auto* reference = std::get_if<Reference>(&datum.content())) {
    hold(client, reference->object());
  } else if (const auto* list = std::get_if<Datum::List>(&datum.content())) {
    for (const Datum& item : *list) hold_all(client, item);
  } else if (const auto* map = std::get_if<Datum::Map>(&datum.content())) {
    for (const auto& [key, value] : *map) hold_all(client, value);
  }
}

void ObjectTable::release(std::uint64_t client, std::uint64_t number,
                          std::uint64_t times) noexcept {
  Clients::Client* who = host_.clients.at(client);
  if (who == nullptr) return;
  const auto held = who->held.find(number);
  if (held == who->held.end()) return;
  if (times < held->second) {
    held->second -= times;
    return;
  }
  who->held.erase(held);
  host_.room.give(kReferenceBytes);
  --at(number)->holders;  // it exists: it was held
  doubt(number);
}

void ObjectTable::release_all(std::uint64_t client) noexcept {
  Clients::Client* who = host_.clients.at(client);
  if (who == nullptr) return;
  for (const auto& [number, times] : who->held) {
    host_.room.give(kReferenceBytes);
    --at(number)->holders;
    doubt(number);
  }
  who->held.clear();
}

}  // namespace share::manager
