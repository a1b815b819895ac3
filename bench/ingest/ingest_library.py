"""The job of `segue ingest` in a library, for bench/ingest/ingest_peers.py: ingest_library.py LIBRARY LOG FOLDER THREADS

Reads the log, drops plays under 30 s, cuts each user's listens where the silence is longer than 30 minutes, folds
repeats, drops sessions of one song, numbers songs by descending plays (ties by artist and title) and writes songs and
queues. The rest of Segue's work is left out, to the libraries' advantage: folding names, joining listens said twice,
counting skips, checking texts, digests of the files. Prints queues, plays and songs.
"""

import os
import pathlib
import sys

DUCKDB = """
CREATE TEMP TABLE play AS
WITH listen AS (
  SELECT user_name, listened_at, artist_name, track_name, listened_at + to_milliseconds(ms_played) AS ended
  FROM {log} WHERE ms_played >= 30000
), begun AS (
  SELECT *, coalesce(listened_at - lag(ended) OVER by_user > INTERVAL 30 MINUTE, true) AS begins,
         lag(artist_name) OVER by_user AS last_artist, lag(track_name) OVER by_user AS last_track
  FROM listen WINDOW by_user AS (PARTITION BY user_name ORDER BY listened_at)
), kept AS (
  SELECT user_name, listened_at, artist_name, track_name,
         sum(begins::INTEGER) OVER (PARTITION BY user_name ORDER BY listened_at ROWS UNBOUNDED PRECEDING) AS session,
         NOT begins AND artist_name = last_artist AND track_name = last_track AS repeats
  FROM begun
)
SELECT user_name, session, listened_at, artist_name, track_name FROM (
  SELECT *, count(*) OVER (PARTITION BY user_name, session) AS length FROM kept WHERE NOT repeats
) WHERE length >= 2;

CREATE TEMP TABLE song AS
SELECT artist_name, track_name, count(*) AS plays,
       row_number() OVER (ORDER BY count(*) DESC, artist_name, track_name) - 1 AS song_row
FROM play GROUP BY artist_name, track_name;

COPY (SELECT artist_name, track_name, plays FROM song ORDER BY song_row) TO '{folder}/songs.parquet' (FORMAT parquet);
COPY (SELECT user_name, min(listened_at) AS start, list(song_row::UINTEGER ORDER BY listened_at) AS songs
      FROM play JOIN song USING (artist_name, track_name) GROUP BY user_name, session ORDER BY user_name, session)
TO '{folder}/queues.parquet' (FORMAT parquet);
"""


def duckdb(log, folder, threads):
    import duckdb as library
    connection = library.connect(str(folder / "scratch.duckdb"), config={"threads": threads})
    connection.execute("SET preserve_insertion_order = false")  # the order is asked for where it matters
    read = f"read_parquet('{log}')" if log.endswith(".parquet") else f"read_csv('{log}')"
    connection.execute(DUCKDB.format(log=read, folder=folder))
    return connection.execute("SELECT (SELECT count(*) FROM read_parquet($1)), (SELECT count(*) FROM play), "
                              "(SELECT count(*) FROM song)", [f"{folder}/queues.parquet"]).fetchone()


def polars(log, folder, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl
    read = pl.scan_parquet(log) if log.endswith(".parquet") else pl.scan_csv(log, try_parse_dates=True)
    song_key = ["artist_name", "track_name"]
    # Texts become numbers before anything is sorted.
    listens = (read.filter(pl.col("ms_played") >= 30_000)
               .with_columns(pl.col("user_name").cast(pl.Categorical), ended=pl.col("listened_at") + pl.duration(
                   milliseconds="ms_played"))
               .drop("ms_played").collect(engine="streaming"))
    keys = listens.select(song_key).unique().with_row_index("song")
    listens = listens.join(keys, on=song_key, how="left").drop(song_key)
    by_user = listens.with_columns(user=pl.col("user_name").to_physical()).sort("user", "listened_at")
    del listens
    same_user = pl.col("user") == pl.col("user").shift()
    begins = (~same_user | (pl.col("listened_at") - pl.col("ended").shift() > pl.duration(minutes=30))).fill_null(True)
    plays = (by_user.lazy().with_columns(begins=begins)
             .with_columns(session=pl.col("begins").cum_sum(), repeats=~pl.col("begins") & (pl.col("song") == pl.col(
                 "song").shift()))
             .filter(~pl.col("repeats")).select("user_name", "session", "listened_at", "song").collect())
    del by_user
    queues = (plays.lazy().group_by("session", maintain_order=True)
              .agg(pl.col("user_name").first(), pl.col("listened_at").first().alias("start"), pl.col("song").alias("songs"))
              .filter(pl.col("songs").list.len() >= 2).collect())
    del plays
    counts = queues.lazy().select(pl.col("songs").explode().alias("song")).group_by("song").agg(plays=pl.len()).collect()
    songs = (keys.join(counts, on="song").sort("plays", *song_key, descending=[True, False, False])
             .with_row_index("row"))
    rows = songs.select("song", "row").sort("song")
    numbered = (queues.lazy().explode("songs").join(rows.lazy(), left_on="songs", right_on="song", how="left")
                .group_by("session", maintain_order=True)
                .agg(pl.col("user_name").first(), pl.col("start").first(), pl.col("row").alias("songs"))
                .sort(pl.col("user_name").cast(pl.String), "start").drop("session").collect())
    songs.select(*song_key, "plays").write_parquet(folder / "songs.parquet", compression="snappy")
    numbered.write_parquet(folder / "queues.parquet", compression="snappy")
    return numbered.height, int(songs["plays"].sum()), songs.height


def main():
    library, log, folder, threads = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    queues, plays, songs = {"duckdb": duckdb, "polars": polars}[library](log, folder, int(threads))
    (folder / "counts.txt").write_text(f"{queues} {plays} {songs}")


if __name__ == "__main__":
    main()
