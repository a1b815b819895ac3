// The rows of a store's tables: the same columns in the same order in every database. A Row has text(column) and
// number(column).
#pragma once

#include "segue/store/store.h"

namespace segue::store {

// user, listened_at, artist, title, release, song_id, recording_mbid, track_metadata, msid, inserted_at
template <class Row>
StoredListen listen_of(const Row& row) {
  StoredListen listen;
  listen.user = row.text(0);
  listen.listened_at = row.number(1);
  listen.artist = row.text(2);
  listen.title = row.text(3);
  listen.release = row.text(4);
  listen.song_id = row.text(5);
  listen.recording_mbid = row.text(6);
  listen.track_metadata = row.text(7);
  listen.msid = row.text(8);
  listen.inserted_at = row.number(9);
  return listen;
}

// user, msid, recording_mbid, song_id, score, created; without the names
template <class Row>
Feedback feedback_of(const Row& row) {
  Feedback feedback;
  feedback.user = row.text(0);
  feedback.msid = row.text(1);
  feedback.recording_mbid = row.text(2);
  feedback.song_id = row.text(3);
  feedback.score = static_cast<int>(row.number(4));
  feedback.created = row.number(5);
  return feedback;
}

// id, hash, user, name, may_read, may_submit, may_admin, created
template <class Row>
StoredToken token_of(const Row& row) {
  StoredToken token;
  token.id = row.text(0);
  token.hash = row.text(1);
  token.user = row.text(2);
  token.name = row.text(3);
  token.read = row.number(4) != 0;
  token.submit = row.number(5) != 0;
  token.admin = row.number(6) != 0;
  token.created = row.number(7);
  return token;
}

}  // namespace segue::store
