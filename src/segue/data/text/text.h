// Brings texts that people type and logs spell differently into one comparable form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace segue::data {

// The fault of a text from outside, if any. One pass, eight bytes at a time while it is ASCII.
enum class TextFault { none, nul_byte, invalid_utf8 };
TextFault fault_of(std::string_view text);

// The code point at `at`, which moves past it; negative for an invalid one. REQUIRES: at < text.size() < 2^31
std::int32_t next_code_point(std::string_view text, std::int32_t& at);
// REQUIRES: a code point
void append_code_point(std::string& out, std::int32_t code_point);

// Valid UTF-8 of at most `most_bytes` bytes: the start of `text`, invalid bytes shown as U+FFFD. For messages.
std::string printable(std::string_view text, std::size_t most_bytes);

// The form in which two spellings of one name are the same id: NFKC_Casefold (Unicode 15, so "Ｂｅｙｏｎｃé" =
// "beyoncé", "ﬁ" = "fi", "ß" = "ss"), white space collapsed to single spaces and trimmed. Accents stay, because they
// distinguish names. The folding is independent of language: "I" folds to "i" and the Turkish dotless "ı" stays itself.
// REQUIRES: valid UTF-8.
std::string fold_name(std::string_view text);

// The form in which a search compares names: lower case, without accents, Arabic vowel marks and
// tatweel; alef with hamza or madda as bare alef, alef maqsura and Farsi yeh as yeh, teh marbuta as heh, keheh as kaf;
// ø ł đ ı æ œ as o l d i ae oe; digits of any script as 0-9; apostrophes dropped, other punctuation and symbols as
// spaces; spaces collapsed and trimmed. REQUIRES: valid UTF-8.
std::string search_fold(std::string_view text);
// The same into `out`, replacing its text, for loops over many names.
void search_fold(std::string_view text, std::string& out);

// search_fold() of a name; of one that folds to nothing there ("!!!", "???", "🎵") fold_name(): two such names are the
// same only if they are spelt the same.
std::string compared_name(std::string_view name);
void compared_name(std::string_view name, std::string& out);

// "6ec5c43d-1111-4c88-8b0b-000000000000": the form of MusicBrainz's ids.
bool is_uuid(std::string_view id);

}  // namespace segue::data
