"""Writes generated listens as a service logs them, for bench/ingest/ingest_peers.py.

    write_listens.py FILE.parquet|FILE.csv MILLIONS

Songs are played as often as Zipf's law has it; users come back for sessions of about 20 plays, every tenth of which is
broken off early. A row has the user, the time, the artist, the title and the milliseconds played. Rows are in the order
of time, so that the rows of all users mix as they do in a log of a service. Texts of Parquet have dictionaries, as Spark
writes them.
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

ROWS_A_USER = 500
SONGS_OF_20_M = 1_000_000
SONGS_AN_ARTIST = 10
EXPONENT = 0.9
SESSION_PLAYS = 20
ROWS_A_BATCH = 1_000_000
FIRST_SECOND = 1_577_836_800  # 2020-01-01
SECONDS = 4 * 365 * 86_400
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "xu", "ya"]


def words(numbers, seed):
    """A text of two words for each number, different for different numbers."""
    syllables = np.array(SYLLABLES)
    texts = np.char.add("", syllables[numbers % 16])
    rest = numbers // 16
    for place in range(5):
        if place == 2:
            texts = np.char.add(texts, " ")
        texts = np.char.add(texts, syllables[(rest + seed) % 16])
        rest = rest // 16
    return np.char.capitalize(texts)


def text_array(texts):
    array = pa.array(texts)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


class Listens:
    """Batches of rows."""

    def __init__(self, rows):
        self.rows = rows
        self.random = np.random.default_rng(1)
        self.users = max(rows // ROWS_A_USER, 1)
        # Vocabularies grow more slowly than logs (Heaps' law).
        self.songs = int(SONGS_OF_20_M * (rows / 20e6) ** 0.6)
        self.weights = np.cumsum(np.arange(1, self.songs + 1) ** -EXPONENT)
        self.weights /= self.weights[-1]
        numbers = np.arange(self.songs, dtype=np.int64)
        # Every title three times, so that an artist is needed to tell songs apart.
        self.titles = text_array(words(numbers // 3, 5))
        self.artists = text_array(words(np.arange(self.songs // SONGS_AN_ARTIST + 1, dtype=np.int64), 11))
        self.artist_of = self.random.integers(0, len(self.artists), self.songs)
        self.user_names = text_array(np.char.add("listener-", np.arange(self.users).astype(str)))

    def schema(self):
        return pa.schema([("user_name", pa.string()), ("listened_at", pa.timestamp("s")), ("artist_name", pa.string()),
                          ("track_name", pa.string()), ("ms_played", pa.int32())])

    def batches(self):
        for begin in range(0, self.rows, ROWS_A_BATCH):
            rows = min(ROWS_A_BATCH, self.rows - begin)
            span = SECONDS * rows / self.rows
            yield self.batch(rows, FIRST_SECOND + SECONDS * begin / self.rows, span)

    def batch(self, rows, first, span):
        random = self.random
        lengths = random.geometric(1 / SESSION_PLAYS, rows // SESSION_PLAYS * 2)
        lengths = lengths[:np.searchsorted(np.cumsum(lengths), rows) + 1]
        session = np.repeat(np.arange(len(lengths)), lengths)[:rows]
        users = random.integers(0, self.users, len(lengths))
        starts = first + np.sort(random.random(len(lengths))) * span
        songs = np.searchsorted(self.weights, random.random(rows))
        played = np.where(random.random(rows) < 0.1, random.integers(2_000, 30_000, rows),
                          random.integers(120_000, 300_000, rows)).astype(np.int32)
        # Within a session one play begins as the one before ends, a second later.
        ends = np.cumsum(played // 1000 + 1)
        begins = ends - (played // 1000 + 1)
        firsts = np.searchsorted(session, np.arange(len(lengths)))
        firsts = np.minimum(firsts, rows - 1)
        times = (starts[session] + begins - begins[firsts][session]).astype(np.int64)
        order = np.argsort(times, kind="stable")
        session, times, songs, played = session[order], times[order], songs[order], played[order]
        return pa.record_batch([self.user_names.take(pa.array(users[session])),
                                pa.array(times).cast(pa.timestamp("s")),
                                self.artists.take(pa.array(self.artist_of[songs])),
                                self.titles.take(pa.array(songs)),
                                pa.array(played)], schema=self.schema())


def write_parquet(listens, path):
    schema = listens.schema()
    schema = schema.set(1, pa.field("listened_at", pa.timestamp("us", "UTC")))
    with pyarrow.parquet.ParquetWriter(path, schema, compression="snappy") as writer:
        for batch in listens.batches():
            writer.write_table(pa.Table.from_batches([batch]).cast(schema), row_group_size=ROWS_A_BATCH)


def write_csv(listens, path):
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    schema = listens.schema()
    schema = schema.set(1, pa.field("listened_at", pa.string()))
    with pyarrow.csv.CSVWriter(path, schema, write_options=options) as writer:
        for batch in listens.batches():
            times = pc.strftime(batch["listened_at"], format="%Y-%m-%d %H:%M:%S")
            columns = [batch.column(0), times, *batch.columns[2:]]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def main():
    path = pathlib.Path(sys.argv[1])
    listens = Listens(int(float(sys.argv[2]) * 1e6))
    {".parquet": write_parquet, ".csv": write_csv}[path.suffix](listens, path)


if __name__ == "__main__":
    main()
