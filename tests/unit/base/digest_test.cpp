#include "segue/base/digest.h"

#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, matches_published_vectors) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, gives_the_same_digest_piece_by_piece) {
  Sha256 digest;
  digest.update("ab");
  digest.update("c");
  EXPECT_EQ(digest.hex(), sha256_of("abc"));
}

TEST(Sha256, reads_a_file) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "f", "abc");
  EXPECT_EQ(sha256_of_file(scratch / "f"), sha256_of("abc"));
  EXPECT_ERROR(sha256_of_file(scratch / "gone"), ErrorCode::not_found, "no such file");
}

}  // namespace
}  // namespace segue
