// ListenBrainz: the export of a user (a zip with listens/YEAR/MONTH.jsonl), its dumps of all listens, and its Parquet
// files for Spark. A recording_msid names a spelling, not a recording, and is no id.
// https://listenbrainz.readthedocs.io/en/latest/users/listenbrainz-dumps.html
#include "segue/data/log/sources/sources.h"

namespace segue::data {

const Source& listenbrainz() {
  static const Source source{
      .name = "listenbrainz",
      .product = "ListenBrainz",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"listened_at", "track_metadata.track_name", "track_metadata.artist_name"});
          },
      .columns = {{Field::user, {"user_name", "user_id"}},
                  {Field::song,
                   {"track_metadata.mbid_mapping.recording_mbid", "track_metadata.additional_info.recording_mbid",
                    "track_metadata.recording_mbid", "recording_mbid"}},
                  {Field::time, {"listened_at"}},
                  {Field::title, {"track_metadata.track_name"}},
                  {Field::artist, {"track_metadata.artist_name"}},
                  {Field::album, {"track_metadata.release_name"}},
                  {Field::length, {"track_metadata.additional_info.duration_ms"}},
                  {Field::tags, {"track_metadata.additional_info.tags"}}},
      .personal = true,
  };
  return source;
}

const Source& listenbrainz_spark() {
  static const Source source{
      .name = "listenbrainz-spark",
      .product = "ListenBrainz for Spark",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"listened_at", "recording_name", "artist_name"});
          },
      .columns = {{Field::user, {"user_name", "user_id"}},
                  {Field::song, {"recording_mbid"}},
                  {Field::time, {"listened_at"}},
                  {Field::title, {"recording_name"}},
                  {Field::artist, {"artist_name"}},
                  {Field::album, {"release_name"}}},
      .personal = true,
  };
  return source;
}

}  // namespace segue::data
