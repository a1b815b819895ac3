// Texts kept once, and numbers for them.
#include "segue/data/dataset/text_table.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/text_hash.h"
#include "segue/data/dataset/interner.h"

namespace segue::data {
namespace {

// Of every length around the steps of the hash and the sizes that a store treats differently.
std::vector<std::string> texts_of_many_sizes() {
  std::vector<std::string> texts;
  for (std::size_t size = 1; size < 70; ++size) {
    texts.push_back(std::string(size, 'a'));
    texts.push_back(std::string(size - 1, 'a') + "b");
    texts.push_back("b" + std::string(size - 1, 'a'));
  }
  for (const std::size_t size :
       {std::size_t{1} << 16, std::size_t{2} << 20, (std::size_t{2} << 20) + 1, (std::size_t{1} << 24) + 5}) {
    texts.push_back(std::string(size, 'x') + "y");
  }
  texts.erase(texts.begin() + 2);  // "b" for the second time
  return texts;
}

TEST(HashText, differs_wherever_a_letter_does) {
  for (std::size_t size = 0; size < 80; ++size) {
    const std::string text(size, 'a');
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'b';
      EXPECT_NE(hash_text(other), hash_text(text)) << size << " " << i;
    }
    EXPECT_NE(hash_text(text + 'a'), hash_text(text));
  }
  EXPECT_NE(hash_text("b", hash_text("a")), hash_text("a", hash_text("b")));
  EXPECT_NE(hash_text("bc", hash_text("a")), hash_text("c", hash_text("ab")));
}

TEST(TextStore, keeps_texts_of_any_size) {
  const std::vector<std::string> texts = texts_of_many_sizes();
  TextStore store;
  std::vector<TextStore::Ref> refs;
  for (const std::string& text : texts) refs.push_back(store.keep(text));
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_TRUE(store.view(refs[i]) == texts[i]) << i;
  EXPECT_EQ(store.view(store.keep("")), "");
  std::uint64_t all = 0;
  for (const std::string& text : texts) all += text.size();
  EXPECT_GE(store.bytes(), all);
}

TEST(TextStore, gives_parts_of_what_lies_at_a_place) {
  TextStore store;
  store.keep("odd");
  const TextStore::Place place = store.take(11);
  std::memcpy(store.at(place), "hello world", 11);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(store.at(place)) % 8, 0U);
  EXPECT_EQ(store.view(TextStore::part(place, 6, 5)), "world");
  EXPECT_EQ(store.view(TextStore::part(place, 0, 5)), "hello");
  EXPECT_EQ(store.view(TextStore::part(place, 3, 0)), "");
}

TEST(TextTable, tells_texts_of_one_hash_apart) {
  TextStore store;
  TextTable<std::uint32_t> table(store);
  constexpr std::uint64_t kHash = 7;
  const TextStore::Place a = table.insert("a", kHash, 1);
  const TextStore::Place b = table.insert("b", kHash, 2);
  EXPECT_EQ(table.find("a", kHash), a);
  EXPECT_EQ(table.find("b", kHash), b);
  EXPECT_EQ(table.find("c", kHash), table.kNone);
  EXPECT_EQ(table.find("a", std::uint64_t{1} << 40), table.kNone);
  EXPECT_EQ(table.value(b), 2U);
  table.forget_index();
  EXPECT_EQ(table.find("a", kHash), table.kNone);
  EXPECT_EQ(table.text(a), "a");
}

TEST(Interner, numbers_texts_in_order_one_by_one_and_all_at_once) {
  std::vector<std::string> texts = texts_of_many_sizes();
  for (int i = 0; i < 5000; ++i) texts.push_back("number " + std::to_string(i % 1700));  // grows more than once
  Interner one;
  Interner all;
  std::vector<std::uint32_t> numbers;
  for (const std::string& text : texts) numbers.push_back(one.intern(text));
  std::size_t taken = 0;
  all.intern_all(
      texts.size(), [&](std::size_t i) { return std::string_view(texts[i]); },
      [&](std::size_t i, std::uint32_t number) {
        EXPECT_EQ(i, taken++);
        EXPECT_EQ(number, numbers[i]);
      });
  EXPECT_EQ(taken, texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_TRUE(one.text(numbers[i]) == texts[i]) << i;
}

}  // namespace
}  // namespace segue::data
