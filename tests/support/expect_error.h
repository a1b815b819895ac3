// EXPECT_ERROR(statement, ErrorCode::corrupt, "expected 10 bytes"): the statement throws segue::Error with this code
// and with this text in its message.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "segue/base/error.h"

#define EXPECT_ERROR(statement, expected_code, text)                                                     \
  try {                                                                                                  \
    statement;                                                                                           \
    ADD_FAILURE() << "no error";                                                                         \
  } catch (const ::segue::Error& caught) {                                                               \
    EXPECT_EQ(::segue::meaning_of(caught.code()).name, ::segue::meaning_of(expected_code).name);         \
    EXPECT_NE(std::string(caught.what()).find(text), std::string::npos) << "message: " << caught.what(); \
  }
