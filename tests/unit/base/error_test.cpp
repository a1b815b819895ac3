#include "segue/base/error.h"

#include <cerrno>

#include "tests/support/expect_error.h"

namespace segue {
namespace {

TEST(Error, every_code_has_a_meaning) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::exhausted); ++code) {
    const ErrorMeaning& meaning = meaning_of(static_cast<ErrorCode>(code));
    EXPECT_EQ(static_cast<int>(meaning.code), code);
    EXPECT_FALSE(meaning.name.empty());
    EXPECT_GT(meaning.exit_status, 0);
    EXPECT_GE(meaning.http_status, 400);
  }
  EXPECT_EQ(meaning_of(ErrorCode::wrong_use).exit_status, 2);
  EXPECT_EQ(meaning_of(ErrorCode::corrupt).exit_status, 1);
}

TEST(Error, errno_maps_to_a_code) {
  EXPECT_ERROR(fail_errno("songs.arrow", ENOSPC), ErrorCode::no_space, "songs.arrow: No space left");
  EXPECT_ERROR(fail_errno("songs.arrow", ENOENT), ErrorCode::not_found, "songs.arrow: No such file");
  for (const int shortage : {EMFILE, ENFILE, ENOMEM, EAGAIN}) {
    EXPECT_ERROR(fail_errno("songs.arrow", shortage), ErrorCode::exhausted, "songs.arrow: ");
  }
  EXPECT_EQ(meaning_of(ErrorCode::exhausted).http_status, 503);
  EXPECT_ERROR(fail_errno("songs.arrow", EACCES), ErrorCode::io_failed, "songs.arrow: Permission denied");
}

}  // namespace
}  // namespace segue
