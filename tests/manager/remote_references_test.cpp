// References as the users of a manager see them: proxies in containers, objects without names, how
// long they live.
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <share/core/error.hpp>
#include <thread>

#include "processes.hpp"
#include "transports.hpp"

namespace share::manager {
namespace {

template <class B>
class RemoteReferences : public ProcessTest {
 protected:
  RemoteReferences() { owner_.add_list("outer"); }
  typename B::Owner owner_ = B::create({});
  B backend_ = B::open(owner_.address());
};

TYPED_TEST_SUITE(RemoteReferences, Transports);

TYPED_TEST(RemoteReferences, AProxyInAContainerIsLive) {
  FORKS_BESIDE_THREADS();
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  {
    RemoteList inner = backend.template new_object<RemoteList>();
    inner.append(1);
    outer.append(inner);
    outer.append(Datum::Map{{"deep", Datum::List{inner}}});
  }
  const std::string address = this->owner_.address();
  Child other([address] {
    TypeParam theirs = TypeParam::open(address);
    theirs.list(theirs.list("outer").get(0)).append(2);
    return true;
  });
  EXPECT_TRUE(other.succeeded());
  RemoteList inner = backend.list(outer.get(0));
  EXPECT_EQ(inner.copy(), (Datum::List{1, 2}));
  const Datum map = outer.get(1);
  const Datum deep = map.get<Datum::Map>()[0].second.get<Datum::List>()[0];
  EXPECT_EQ(backend.list(deep).reference(), inner.reference());
  EXPECT_TRUE(outer.contains(inner));
}

TYPED_TEST(RemoteReferences, EveryKindCanBeReferredTo) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  outer.append(backend.template new_value<std::int64_t>());
  outer.append(backend.template new_array<double>(3));
  outer.append(backend.template new_object<RemoteDict>());
  outer.append(backend.template new_object<RemoteQueue>({4}));
  outer.append(backend.new_object("lock"));
  backend.template value<std::int64_t>(outer.get(0)).add(5);
  EXPECT_EQ(backend.template value<std::int64_t>(outer.get(0)).load(), 5);
  const double written[] = {1, 2, 3};
  backend.template array<double>(outer.get(1), 3).write(0, written);
  double read[3] = {};
  backend.template array<double>(outer.get(1), 3).read(0, read);
  EXPECT_EQ(read[2], 3);
  backend.dict(outer.get(2)).set("k", outer);
  EXPECT_EQ(backend.list(backend.dict(outer.get(2)).get("k")).size(), 5);
  EXPECT_EQ(backend.queue(outer.get(3)).max_size(), 4);
  RemoteLock lock = backend.lock(outer.get(4));
  const std::scoped_lock guard(lock);
  EXPECT_THROW(backend.dict(outer.get(0)), TypeMismatch);
  EXPECT_THROW(backend.template value<double>(outer.get(0)), TypeMismatch);
  outer.append("no reference");
  EXPECT_THROW(backend.list(outer.get(-1)), TypeMismatch);
}

TYPED_TEST(RemoteReferences, AnObjectGoesWithItsLastProxy) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  std::optional<RemoteList> object = backend.template new_object<RemoteList>();
  EXPECT_EQ(object->references().clients, 1u);
  std::optional<RemoteList> second = *object;
  const std::uint64_t number = object->object_number();
  object.reset();
  EXPECT_EQ(second->references().clients, 1u);
  TypeParam other = TypeParam::open(this->owner_.address());
  RemoteList theirs = other.list(second->reference());
  EXPECT_EQ(second->references().clients, 2u);
  second.reset();
  EXPECT_EQ(outer.size(), 0) << "a call behind what was told";
  EXPECT_EQ(theirs.references().clients, 1u);
  theirs.append(1);
  const Reference reference = theirs.reference();
  outer.append(theirs);
  EXPECT_EQ(theirs.references().stored, 1u);
  outer.clear();
  EXPECT_EQ(theirs.references().stored, 0u);
  EXPECT_EQ(number, reference.object());
}

TYPED_TEST(RemoteReferences, NothingIsLeftOfAnObjectThatNothingRefersTo) {
  TypeParam& backend = this->backend_;
  Connection raw(this->owner_.address());
  std::uint64_t number = 0;
  {
    RemoteList object = backend.template new_object<RemoteList>();
    number = object.object_number();
    EXPECT_EQ(raw.references(number).clients, 1u);
  }
  EXPECT_EQ(backend.list("outer").size(), 0) << "a call behind what was told";
  EXPECT_THROW(raw.references(number), StaleProxy);
  EXPECT_THROW(raw.call_method(number, "len", {}), StaleProxy);
}

TYPED_TEST(RemoteReferences, ABatchKeepsWhatItRefersTo) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  RemoteBatch batch = backend.batch();
  batch.call(outer, "append", {backend.template new_object<RemoteList>()});
  batch.call(outer, "get", {0});
  batch.call(backend.template new_object<RemoteList>(), "append", {1});
  batch.call(outer, "get", {0});
  BatchResults results = batch.run();
  results.next();
  RemoteList first = [&] {
    const Datum told = results.next();
    results.next();
    EXPECT_EQ(results.next(), told);
    return backend.list(told);
  }();
  EXPECT_EQ(first.references().clients, 1u);
  EXPECT_EQ(first.references().stored, 1u);
}

TYPED_TEST(RemoteReferences, AnswersThatNobodyReadsCount) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  RemoteList inner = backend.template new_object<RemoteList>();
  outer.append(inner);
  {
    TypeParam other = TypeParam::open(this->owner_.address());
    RemoteList theirs = other.list("outer");
    {
      RemotePipeline unread = other.pipeline(4);
      for (int i = 0; i < 10; ++i) unread.call(theirs, "get", {0});
      unread.finish();
      int seen = 0;
      RemotePipeline read = other.pipeline(4, [&](std::uint64_t, msgpack::Reader results) {
        Datum item;
        EXPECT_EQ(read_datum(results, item, &read.keeper()), protocol::Status::ok);
        EXPECT_EQ(item.get<Reference>(), inner.reference());
        ++seen;
      });
      for (int i = 0; i < 10; ++i) read.call(theirs, "get", {0});
      read.finish();
      EXPECT_EQ(seen, 10);
      RemoteBatch stopped = other.batch();
      stopped.call(theirs, "get", {0});
      stopped.call(theirs, "get", {1});
      EXPECT_THROW(stopped.run(), BatchStopped);
    }
    EXPECT_EQ(theirs.size(), 1);
    EXPECT_EQ(theirs.size(), 1) << "a call behind what was told";
    EXPECT_EQ(inner.references().clients, 1u);
  }
}

TYPED_TEST(RemoteReferences, ValuesKeepWhatTheyReferTo) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  outer.append(backend.template new_object<RemoteList>());
  Datum taken = outer.pop();
  Datum copy = taken;
  EXPECT_EQ(backend.list(taken).size(), 0);
  taken = Datum();
  RemoteList list = backend.list(copy);
  EXPECT_EQ(list.references().clients, 1u);
  // Another thread may drop a value.
  std::thread([dropped = std::move(copy)] {}).join();
  EXPECT_EQ(list.references().clients, 1u);
}

TYPED_TEST(RemoteReferences, WhatAnotherThreadDropsIsToldWithTheNextCall) {
  TypeParam& backend = this->backend_;
  TypeParam other = TypeParam::open(this->owner_.address());
  RemoteList list = other.template new_object<RemoteList>();
  backend.list("outer").append(list);
  Datum value = backend.list("outer").get(0);
  EXPECT_EQ(list.references().clients, 2u);
  std::thread([dropped = std::move(value)] {}).join();
  EXPECT_EQ(list.references().clients, 2u);
  EXPECT_EQ(backend.list("outer").size(), 1);
  EXPECT_EQ(list.references().clients, 1u);
}

TYPED_TEST(RemoteReferences, AKilledClientRefersToNothing) {
  FORKS_BESIDE_THREADS();
  RemoteList outer = this->backend_.list("outer");
  const std::string address = this->owner_.address();
  Child other([address] {
    TypeParam theirs = TypeParam::open(address);
    RemoteList list = theirs.template new_object<RemoteList>();
    theirs.list("outer").append(list);
    ::raise(SIGKILL);
    return true;
  });
  EXPECT_EQ(other.ended_by(), SIGKILL);
  RemoteList list = this->backend_.list(outer.get(0));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (list.references().clients > 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(list.references().clients, 1u);
}

TYPED_TEST(RemoteReferences, ANameIsRemovedAndTheObjectStaysForItsProxies) {
  TypeParam& backend = this->backend_;
  RemoteList outer = backend.list("outer");
  backend.remove("outer");
  EXPECT_THROW(backend.remove("outer"), NoSuchObject);
  EXPECT_THROW(backend.list("outer"), NoSuchObject);
  outer.append(1);
  EXPECT_FALSE(outer.references().named);
  backend.add_list("outer");
  EXPECT_EQ(backend.list("outer").size(), 0);
  EXPECT_EQ(outer.size(), 1);
}

TYPED_TEST(RemoteReferences, AProxyMayOutliveItsBackend) {
  std::optional<TypeParam> other = TypeParam::open(this->owner_.address());
  std::optional<RemoteList> list = other->list("outer");
  const Datum value = *list;  // goes after the connection has closed
  other.reset();
  list->append(1);
  list.reset();
  EXPECT_EQ(this->backend_.list("outer").size(), 1);
}

}  // namespace
}  // namespace share::manager
