#include "segue/data/text/text.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

TEST(FaultOf, tells_good_text_from_bad) {
  for (const std::string padding : {"", "1234567", "12345678", "123456789 and more"}) {
    EXPECT_EQ(fault_of(padding), TextFault::none);
    EXPECT_EQ(fault_of(padding + "Beyoncé – فيروز 🎵"), TextFault::none);
    EXPECT_EQ(fault_of(padding + std::string(1, '\0')), TextFault::nul_byte);
    EXPECT_EQ(fault_of(padding + std::string(1, '\0') + padding), TextFault::nul_byte);
    EXPECT_EQ(fault_of(padding + "\xff"), TextFault::invalid_utf8);
    EXPECT_EQ(fault_of(padding + "\xc3"), TextFault::invalid_utf8);                // cut
    EXPECT_EQ(fault_of(padding + "\xc0\xaf" + padding), TextFault::invalid_utf8);  // overlong
    EXPECT_EQ(fault_of(padding + "\xed\xa0\x80"), TextFault::invalid_utf8);        // surrogate
  }
}

TEST(Printable, is_always_valid_and_short_enough) {
  EXPECT_EQ(printable("abc", 10), "abc");
  EXPECT_EQ(printable("abcdef", 3), "abc");
  EXPECT_EQ(printable("aé", 2), "a");
  EXPECT_EQ(printable("a\xff z", 10), "a\uFFFD z");
}

TEST(FoldName, joins_spellings_of_one_name) {
  EXPECT_EQ(fold_name("  Daft \t Punk "), "daft punk");
  EXPECT_EQ(fold_name("BEYONCÉ"), fold_name("Beyonce\u0301"));
  EXPECT_EQ(fold_name("ﬁre"), "fire");
  EXPECT_EQ(fold_name("Ｄａｆｔ　Ｐｕｎｋ"), "daft punk");
  EXPECT_EQ(fold_name("Großstadt"), "grossstadt");
  EXPECT_EQ(fold_name("a\u00A0b"), "a b");
  EXPECT_EQ(fold_name("\u00A0"), "");
}

TEST(FoldName, keeps_names_apart) {
  EXPECT_NE(fold_name("Beyonce"), fold_name("Beyoncé"));
  EXPECT_EQ(fold_name("ISIK"), "isik");
  EXPECT_EQ(fold_name("ışık"), "ışık");
}

TEST(FoldName, ascii_and_unicode_ways_agree) {
  for (const std::string text : {"Hello  World", " A-Z! ", "\t\n", "MiXeD 123"}) {
    std::string other = fold_name(text + " é");
    const std::string plain = fold_name(text);
    EXPECT_EQ(other, plain.empty() ? "é" : plain + " é");
  }
}

TEST(SearchFold, finds_names_however_typed) {
  EXPECT_EQ(search_fold("Beyoncé"), "beyonce");
  EXPECT_EQ(search_fold("HUMBLE."), "humble");
  EXPECT_EQ(search_fold("Don't Stop"), search_fold("Don’t stop"));
  EXPECT_EQ(search_fold("AC/DC"), "ac dc");
  EXPECT_EQ(search_fold("Mø"), "mo");
  EXPECT_EQ(search_fold("ışık"), search_fold("ISIK"));
  EXPECT_EQ(search_fold("Sigur Rós – Ágætis"), "sigur ros agaetis");
  EXPECT_EQ(search_fold("!!!"), "");
}

TEST(SearchFold, joins_arabic_spellings) {
  EXPECT_EQ(search_fold("فَيْرُوز"), search_fold("فيروز"));
  EXPECT_EQ(search_fold("أمّ كلثوم"), search_fold("ام كلثوم"));
  EXPECT_EQ(search_fold("آه"), search_fold("اه"));
  EXPECT_EQ(search_fold("أغنية"), search_fold("اغنيه"));
  EXPECT_EQ(search_fold("ليلى"), search_fold("ليلي"));
  EXPECT_EQ(search_fold("حبـــيبي"), search_fold("حبيبي"));
  EXPECT_EQ(search_fold("٢٠١٩"), "2019");
}

}  // namespace
}  // namespace segue::data
