#include <gtest/gtest.h>

#include <share/core/error.hpp>
#include <share/core/object_store.hpp>
#include <share/core/segment.hpp>

namespace share::test {
namespace {

constexpr ObjectStore::Kind kOne{"test/value", 'q', 1, 40, 8};

class ObjectStoreTest : public ::testing::Test {
 protected:
  Segment segment_ = Segment::create("store", ObjectStore::kOverhead + 4096);
  ObjectStore store_ = ObjectStore::create(segment_.data(), segment_.size());
};

TEST_F(ObjectStoreTest, BlocksStandOnCacheLinesOfTheirOwnAndAreZero) {
  for (const char* name : {"a", "b", "c"}) {
    const ObjectStore::Block block = store_.make(name, kOne);
    const auto header = reinterpret_cast<std::uintptr_t>(block.header);
    const auto elements = reinterpret_cast<std::uintptr_t>(block.elements);
    EXPECT_EQ(header % kCacheLine, 0u);
    EXPECT_EQ(elements % kCacheLine, 0u);
    EXPECT_GE(elements - header, kCacheLine);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(static_cast<int>(block.elements[i]), 0);
    for (int i = 0; i < 40; ++i) EXPECT_EQ(static_cast<int>(block.header[i]), 0);
  }
}

TEST_F(ObjectStoreTest, HeaderAndElementsStandAsFarApartAsAsked) {
  const Segment other = Segment::open(segment_.descriptor());
  for (const auto& [apart, distance] :
       {std::pair<std::size_t, std::ptrdiff_t>{0, 40}, {8, 40}, {64, 64}, {128, 128}}) {
    const std::string name = "apart" + std::to_string(apart);
    const ObjectStore::Block made = store_.make(name, kOne, apart);
    EXPECT_EQ(made.elements - made.header, distance);
    const ObjectStore::Block found =
        ObjectStore::open(other.data(), other.size()).find(name, kOne);  // need not know
    EXPECT_EQ(found.elements - found.header, distance);
  }
  const ObjectStore::Block odd = store_.make("odd", {"test/value", 'q', 1, 41, 8}, 0);
  EXPECT_EQ(odd.elements - odd.header, 48) << "a field stands where its type may";
}

TEST_F(ObjectStoreTest, FindsWhatWasMadeThroughAnotherMapping) {
  store_.make("x", kOne).elements[0] = std::byte{9};
  const Segment other = Segment::open(segment_.descriptor());
  EXPECT_NE(other.data(), segment_.data());
  const ObjectStore opened = ObjectStore::open(other.data(), other.size());
  EXPECT_EQ(static_cast<int>(opened.find("x", kOne).elements[0]), 9);
}

TEST_F(ObjectStoreTest, EveryPartOfTheKindMustMatch) {
  store_.make("x", kOne);
  for (const ObjectStore::Kind other : {ObjectStore::Kind{"other/value", 'q', 1, 40, 8},
                                        {"test/value", 'd', 1, 40, 8},
                                        {"test/value", 'q', 2, 40, 8},
                                        {"test/value", 'q', 1, 48, 8},
                                        {"test/value", 'q', 1, 40, 4}})
    EXPECT_THROW(store_.find("x", other), TypeMismatch);
  EXPECT_THROW(store_.find("y", kOne), NoSuchObject);
  EXPECT_THROW(store_.make("x", kOne), ObjectExists);
}

TEST_F(ObjectStoreTest, AFullSegmentIsAnErrorThatNamesTheObject) {
  try {
    store_.make("big", {"test/array", 'd', 1 << 20, 0, 8});
    FAIL() << "8 MiB fitted";
  } catch (const NotEnoughMemory& error) {
    EXPECT_NE(std::string(error.what()).find("big"), std::string::npos) << error.what();
  }
}

TEST_F(ObjectStoreTest, ASizeBeyondAllNumbersIsNotASmallOne) {
  for (const std::uint64_t count : {std::uint64_t{1} << 61, (std::uint64_t{1} << 61) + 1,
                                    std::numeric_limits<std::uint64_t>::max()})
    EXPECT_THROW(store_.make("huge", {"test/array", 'd', count, 0, 8}), NotEnoughMemory) << count;
  EXPECT_THROW(store_.find("huge", {"test/array", 'd', std::uint64_t{1} << 61, 0, 8}),
               NoSuchObject);
}

TEST_F(ObjectStoreTest, ALayoutNameThatIsTooLongIsRefused) {
  const std::string name(60, 'x');
  EXPECT_THROW(store_.make("x", {name, 'q', 1, 0, 8}), Error);
}

}  // namespace
}  // namespace share::test
