// Folds names as the server does: ignores case, accents, Arabic marks and punctuation, and writes letters that are not
// taken apart by Unicode as people type them.
const kLetters: Record<string, string> = {
  ø: "o", ł: "l", đ: "d", ı: "i", æ: "ae", œ: "oe", ß: "ss", ى: "ي", ی: "ي", ة: "ه", ک: "ك", ٱ: "ا", "\u0640": "",
};
const kFolded = new RegExp(`[${Object.keys(kLetters).join("")}]`, "g");

export const fold = (words: string): string =>
  words
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\p{M}'’ʼ`]/gu, "")
    .replace(kFolded, (letter) => kLetters[letter])
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
