"""Writes the generated log of a radio station, whose trend is planted, for docs/quality.md.

    write_station.py FILE.csv

Music around the clock for 300 days, a song every four minutes, none twice within three hours. More than half are of a
rotation of 60 hits, each of which stays for 40 days on average; the others are drawn from 5,000 older songs by a power
law. The order of songs says nothing: what was played lately says all there is to know.
"""

import random
import sys

DAY = 86_400
BEGIN = 1_600_000_000
DAYS = 300
HITS = 60
DAYS_A_HIT = 40
SHARE_OF_HITS = 0.55
OLDER_SONGS = 5_000
REST = 3 * 3_600  # seconds before a song comes again


class Station:
    def __init__(self):
        self.random = random.Random(3)
        self.older = [f"older {i}" for i in range(OLDER_SONGS)]
        self.weights = [1 / (i + 10) ** 0.7 for i in range(OLDER_SONGS)]
        self.ends = {}  # of each hit
        self.hits = 0
        self.last = {}  # play of each song

    def rotate(self, now):
        self.ends = {song: end for song, end in self.ends.items() if end > now}
        while len(self.ends) < HITS:
            self.ends[f"hit {self.hits}"] = now + self.random.expovariate(1 / (DAYS_A_HIT * DAY))
            self.hits += 1

    def draw(self, now):
        while True:
            if self.random.random() < SHARE_OF_HITS:
                song = self.random.choice(list(self.ends))
            else:
                song = self.random.choices(self.older, self.weights)[0]
            if now - self.last.get(song, 0) > REST:
                return song

    def plays(self):
        now = BEGIN
        while now < BEGIN + DAYS * DAY:
            self.rotate(now)
            song = self.draw(now)
            self.last[song] = now
            yield now, song
            now += self.random.randint(200, 270)


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as log:
        log.write("user,time,artist,title\n")
        for time, song in Station().plays():
            log.write(f"station,{time},artist of {song},{song}\n")


if __name__ == "__main__":
    main()
