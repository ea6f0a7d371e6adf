// Custom classes: what can be called, what is refused, what a method throws.
#include <gtest/gtest.h>

#include <cstdint>
#include <share/core/error.hpp>
#include <share/manager/ipc.hpp>
#include <share/manager/registered.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "processes.hpp"
#include "waiting_calls.hpp"

namespace share::manager {
namespace {

class Account {
 public:
  explicit Account(std::int64_t start) : balance_(start) {
    if (start < 0) throw std::invalid_argument("an account starts with at least 0");
  }
  std::int64_t deposit(std::int32_t amount) { return balance_ += amount; }
  void note(const std::string& text, bool important) {
    notes_.emplace_back(important ? text + "!" : text);
  }
  Datum::List notes() const { return notes_; }
  double share_of(double part) const { return part * static_cast<double>(balance_); }
  Datum echo(Datum anything) { return anything; }
  void fail() { throw std::runtime_error("this account is closed"); }
  void secret() { balance_ = 0; }

 private:
  std::int64_t balance_;
  Datum::List notes_;
};

void register_account() {
  static const bool once = [] {
    register_class<Account, std::int64_t>(
        "account", {method("deposit", &Account::deposit), method("note", &Account::note),
                    method("notes", &Account::notes), method("share_of", &Account::share_of),
                    method("echo", &Account::echo), method("fail", &Account::fail)});
    return true;
  }();
  static_cast<void>(once);
}

class RegisteredTest : public WaitingCalls {
 protected:
  RegisteredTest() { register_account(); }
};

TEST_F(RegisteredTest, MethodsAreCalledByName) {
  ASSERT_EQ(make("account", {100}), Status::ok);
  EXPECT_EQ(result(call("A", "deposit", {5})), 105);
  EXPECT_EQ(result(call("B", "deposit", {-10})), 95);
  EXPECT_EQ(result(call("B", "share_of", {0.5})), 47.5);
  EXPECT_EQ(result(call("B", "note", {"first", true})), json());
  EXPECT_EQ(result(call("B", "note", {"second", false})), json());
  EXPECT_EQ(result(call("A", "notes")), json::array({"first!", "second"}));
  EXPECT_EQ(result(call("A", "echo", {{{"k", json::array({1, 2.5})}}})), json({{"k", {1, 2.5}}}));
}

TEST_F(RegisteredTest, OnlyRegisteredMethodsWithTheRightArguments) {
  ASSERT_EQ(make("account", {100}), Status::ok);
  EXPECT_EQ(call("A", "secret").status, Status::no_such_method);
  EXPECT_EQ(call("A", "deposit").status, Status::malformed);
  EXPECT_EQ(call("A", "deposit", {1, 2}).status, Status::malformed);
  EXPECT_EQ(call("A", "deposit", {1.0}).status, Status::wrong_type);
  EXPECT_EQ(call("A", "deposit", {std::int64_t{1} << 31}).status, Status::out_of_range);
  EXPECT_EQ(call("A", "note", {"text", 1}).status, Status::wrong_type);
  EXPECT_EQ(result(call("A", "deposit", {0})), 100);
  EXPECT_EQ(make("account"), Status::malformed);
  EXPECT_EQ(make("account", {"100"}), Status::wrong_type);
  EXPECT_THROW((register_class<Account, std::int64_t>("account", {})), ObjectExists);
  EXPECT_THROW((register_class<Account, std::int64_t>("list", {})), ObjectExists);
}

TEST_F(RegisteredTest, WhatAMethodThrowsIsTold) {
  ASSERT_EQ(make("account", {100}), Status::ok);
  const Answer answer = call("A", "fail");
  EXPECT_EQ(answer.status, Status::failed);
  EXPECT_EQ(answer.results, std::vector<json>{"this account is closed"});
  EXPECT_EQ(result(call("A", "deposit", {0})), 100);
  EXPECT_EQ(make("account", {-1}), Status::failed);
}

class RemoteAccount : public RemoteObject {
 public:
  using RemoteObject::RemoteObject;
  std::int64_t deposit(std::int64_t amount) { return number("deposit", {amount}); }
};

class RemoteRegistered : public ProcessTest {};

TEST_F(RemoteRegistered, SeveralProcessesUseOneObject) {
  register_account();
  constexpr int kProcesses = 3, kRounds = 200;
  auto owner = Ipc::create({});
  owner.add_object("a", "account", {10});
  std::vector<Child> children;
  for (int p = 0; p < kProcesses; ++p) {
    children.emplace_back([&] {
      auto account = Ipc::open(owner.address()).object<RemoteAccount>("a", "account");
      for (int i = 0; i < kRounds; ++i) account.deposit(1);
      return true;
    });
  }
  for (Child& child : children) EXPECT_TRUE(child.succeeded());
  Ipc backend = Ipc::open(owner.address());
  EXPECT_EQ(backend.object("a", "account").call("deposit", {0}), Datum(10 + kProcesses * kRounds));
  try {
    backend.object("a", "account").call("fail");
    FAIL() << "answered";
  } catch (const MethodFailed& error) {
    EXPECT_NE(std::string(error.what()).find("this account is closed"), std::string::npos);
  }
  EXPECT_THROW(backend.object("a", "list"), TypeMismatch);
  EXPECT_THROW(backend.add_object("b", "account", {-1}), MethodFailed);
  EXPECT_THROW(backend.add_object("b", "acount"), CallRefused);
  backend.add_object("b", "account", {7});
  EXPECT_THROW(backend.add_object("b", "account", {7}), ObjectExists);
  EXPECT_EQ(backend.object("b", "account").call("deposit", {0}), Datum(7));
}

}  // namespace
}  // namespace share::manager
