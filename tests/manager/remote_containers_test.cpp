// Lists, dictionaries and namespaces of a manager as their users see them, from one process and
// from several.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <share/core/error.hpp>
#include <vector>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

template <class B>
class RemoteContainers : public ProcessTest {
 protected:
  /// So many processes at once, each with a connection of its own.
  template <class Work>
  void in_processes(int processes, Work work) {
    const std::string address = owner_.address();
    std::vector<Child> children;
    for (int p = 0; p < processes; ++p) {
      children.emplace_back([&work, address, p] {
        B backend = B::open(address);
        work(backend, p);
        return true;
      });
    }
    for (Child& child : children) EXPECT_TRUE(child.succeeded());
  }
  typename B::Owner owner_ = B::create({});
};

TYPED_TEST_SUITE(RemoteContainers, Transports);

TYPED_TEST(RemoteContainers, AListTakesValuesOfEveryKind) {
  this->owner_.add_list("l");
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteList list = backend.list("l");
  const Datum::List items = {Datum(),
                             true,
                             -7,
                             0.25,
                             "text",
                             Datum::Bytes{std::byte{1}},
                             Datum::List{1, Datum::List{}},
                             Datum::Map{{"k", 1}, {2, "v"}}};
  for (const Datum& item : items) list.append(item);
  EXPECT_EQ(list.copy(), items);
  EXPECT_EQ(list.size(), static_cast<std::int64_t>(items.size()));
  EXPECT_EQ(list.slice(1, 3), (Datum::List{true, -7}));
  EXPECT_EQ(list.slice(std::nullopt, std::nullopt, -7), (Datum::List{items[7], items[0]}));
  EXPECT_EQ(list.index(-7), 2);
  EXPECT_TRUE(list.contains("text"));
  list.set(0, 1);
  EXPECT_EQ(list.add(0, 4), Datum(1));
  list.insert(0, "begin");
  EXPECT_EQ(list.pop(), items.back());
  list.erase(0);
  list.remove("text");
  EXPECT_EQ(list.get(0), Datum(5));
  list.clear();
  list.extend({3, 1, 2});
  list.sort();
  list.reverse();
  list.repeat(2);
  EXPECT_EQ(list.copy(), (Datum::List{3, 2, 1, 3, 2, 1}));
  EXPECT_EQ(list.count(3), 2);
  EXPECT_FALSE(list.append_if_absent(3));
  EXPECT_TRUE(list.compare_and_set(-1, 1, "one"));
}

TYPED_TEST(RemoteContainers, AListIsWalkedInChunks) {
  this->owner_.add_list("l");
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteList list = backend.list("l");
  for (const Datum& item : list) ADD_FAILURE() << item.type_name();
  Datum::List items;
  for (int i = 0; i < 1000; ++i) items.emplace_back(i);
  list.extend(items);
  Datum::List walked;
  for (const Datum& item : list) {
    walked.push_back(item);
    if (walked.size() == 500) list.append("late");
  }
  items.emplace_back("late");
  EXPECT_EQ(walked, items);
  // Items of which few fit into a message.
  list.clear();
  const Datum long_item(std::string(1'500'000, 'x'));
  for (int i = 0; i < 5; ++i) list.append(long_item);
  int count = 0;
  for (const Datum& item : list) count += item == long_item;
  EXPECT_EQ(count, 5);
}

TYPED_TEST(RemoteContainers, ADictAndANamespace) {
  this->owner_.add_dict("d");
  this->owner_.add_namespace("n");
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteDict dict = backend.dict("d");
  dict.set("a", 1);
  dict.update({{"b", 2}, {3, Datum::List{}}});
  EXPECT_EQ(dict.copy(), (Datum::Map{{"a", 1}, {"b", 2}, {3, Datum::List{}}}));
  EXPECT_EQ(dict.keys(), (Datum::List{"a", "b", 3}));
  EXPECT_EQ(dict.values(), (Datum::List{1, 2, Datum::List{}}));
  EXPECT_EQ(dict.get_or("c", 9), Datum(9));
  EXPECT_EQ(dict.set_default("c", 4), Datum(4));
  EXPECT_EQ(dict.add("c", 2), Datum(4));
  EXPECT_TRUE(dict.add("new", 2).is_null());
  EXPECT_FALSE(dict.compare_and_set("a", 2, 3));
  EXPECT_EQ(dict.pop_item(), (Datum::Entry{"new", 2}));
  EXPECT_EQ(dict.pop("c"), Datum(6));
  EXPECT_EQ(dict.pop_or("c", Datum()), Datum());
  dict.erase(3);
  EXPECT_FALSE(dict.contains(3));
  EXPECT_EQ(dict.size(), 2);
  dict.clear();
  EXPECT_EQ(dict.size(), 0);

  RemoteNamespace attributes = backend.attributes("n");
  attributes.set("x", 10);
  EXPECT_EQ(attributes.add("x", 1), Datum(10));
  EXPECT_TRUE(attributes.compare_and_set("x", 11, "eleven"));
  EXPECT_EQ(attributes.get("x"), Datum("eleven"));
  EXPECT_EQ(attributes.names(), (Datum::List{"x"}));
  attributes.erase("x");
  EXPECT_FALSE(attributes.contains("x"));
}

TYPED_TEST(RemoteContainers, ASet) {
  this->owner_.add_set("s");
  TypeParam backend = TypeParam::open(this->owner_.address());
  RemoteSet set = backend.set("s");
  EXPECT_TRUE(set.add("b"));
  EXPECT_FALSE(set.add("b"));
  set.update({"a", "c", "a"});
  EXPECT_EQ(set.copy(), (Datum::List{"a", "b", "c"}));
  EXPECT_EQ(set.size(), 3);
  EXPECT_TRUE(set.discard("c"));
  EXPECT_FALSE(set.contains("c"));
  EXPECT_THROW(set.remove("c"), NoSuchItem);
  EXPECT_EQ(set.pop(), Datum("a"));
  set.clear();
  EXPECT_THROW(set.pop(), NoSuchItem);
}

TYPED_TEST(RemoteContainers, ErrorsAreTypedAndNameTheMethod) {
  this->owner_.add_list("l");
  this->owner_.add_dict("d");
  EXPECT_THROW(this->owner_.add_dict("l"), ObjectExists);
  TypeParam backend = TypeParam::open(this->owner_.address());
  EXPECT_THROW(backend.dict("l"), TypeMismatch);
  EXPECT_THROW(backend.list("none"), NoSuchObject);
  EXPECT_THROW(backend.template value<std::int64_t>("l"), TypeMismatch);
  RemoteList list = backend.list("l");
  RemoteDict dict = backend.dict("d");
  EXPECT_THROW(list.remove(1), NoSuchItem);
  EXPECT_THROW(dict.get("k"), NoSuchKey);
  EXPECT_THROW(dict.pop_item(), NoSuchKey);
  try {
    list.get(0);
    FAIL() << "an empty list has no item 0";
  } catch (const CallRefused& error) {
    const std::string text = error.what();
    for (const char* word : {"get", "out of range", "manager:"})
      EXPECT_NE(text.find(word), std::string::npos) << text;
    EXPECT_EQ(error.applied(), RemoteError::Applied::no);
  }
  EXPECT_THROW(list.call("shuffle"), CallRefused);
  EXPECT_THROW(list.append(std::string(5 << 20, 'x')), CallRefused) << "longer than a message";
  list.append(1);
  EXPECT_EQ(list.size(), 1) << "and the connection goes on";
}

TYPED_TEST(RemoteContainers, NothingThatSeveralProcessesAppendIsLostOrDoubled) {
  this->owner_.add_list("l");
  this->in_processes(4, [](TypeParam& backend, int p) {
    RemoteList list = backend.list("l");
    for (int i = 0; i < 250; ++i) list.append(Datum::List{p, i});
  });
  TypeParam backend = TypeParam::open(this->owner_.address());
  const Datum::List all = backend.list("l").copy();
  EXPECT_EQ(all.size(), 1000u);
  EXPECT_EQ(std::set<Datum>(all.begin(), all.end()).size(), 1000u);
  std::vector<std::int64_t> next(4, 0);
  for (const Datum& item : all) {
    const auto p = item.get<Datum::List>()[0].template get<std::int64_t>();
    EXPECT_EQ(item.get<Datum::List>()[1], Datum(next[static_cast<std::size_t>(p)]++))
        << "each process in its own order";
  }
}

TYPED_TEST(RemoteContainers, OneCallCountsExactlyAndTwoCallsLose) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_dict("d");
  this->owner_.add_namespace("n");
  TypeParam backend = TypeParam::open(this->owner_.address());
  backend.dict("d").set("two calls", 0);
  std::int64_t lost = 0, rounds = 0;
  do {
    this->in_processes(4, [](TypeParam& mine, int) {
      RemoteDict dict = mine.dict("d");
      RemoteNamespace attributes = mine.attributes("n");
      for (int i = 0; i < 250; ++i) {
        dict.add("one call", 1);
        attributes.add("one call", 1);
        dict.set("two calls", dict.get("two calls").template get<std::int64_t>() + 1);
      }
    });
    ++rounds;
    EXPECT_EQ(backend.dict("d").get("one call"), Datum(1000 * rounds));
    EXPECT_EQ(backend.attributes("n").get("one call"), Datum(1000 * rounds));
    lost = 1000 * rounds - backend.dict("d").get("two calls").template get<std::int64_t>();
  } while (lost == 0 && rounds < 20);
  EXPECT_GT(lost, 0) << "get and set are two calls";
}

TYPED_TEST(RemoteContainers, CompareAndSetIsALockFreeUpdate) {
  FORKS_BESIDE_THREADS();
  this->owner_.add_dict("d");
  TypeParam backend = TypeParam::open(this->owner_.address());
  backend.dict("d").set("k", 0);
  this->in_processes(3, [](TypeParam& mine, int) {
    RemoteDict dict = mine.dict("d");
    for (int i = 0; i < 100; ++i) {
      Datum seen = dict.get("k");
      while (!dict.compare_and_set("k", seen, seen.get<std::int64_t>() + 1)) seen = dict.get("k");
    }
  });
  EXPECT_EQ(backend.dict("d").get("k"), Datum(300));
}

}  // namespace
}  // namespace share::manager
