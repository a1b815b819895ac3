"""Reads transitions.arrow of a model (docs/formats-model.md)."""

import struct

import pyarrow as pa
import pyarrow.ipc

UNITS = 2520  # a weight of 1
LENGTHS = (0, 1, 2, 4)


def simple_weights():
    """The weights that take one byte, in units."""
    weights, sums = [0], {0}
    while len(weights) < 256:
        sums = {total + UNITS // distance for total in sums for distance in range(1, 11)}
        weights += sorted(sums.difference(weights))
    return weights[:256]


SIMPLE = simple_weights()


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def number(self, length):
        self.at += length
        return int.from_bytes(self.data[self.at - length:self.at], "little")

    def size(self):
        size = shift = 0
        while self.at < len(self.data):
            byte = self.number(1)
            size |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
        return size

    def weight(self, code):
        number = self.number(LENGTHS[code])
        if code == 3:
            return struct.unpack("<f", struct.pack("<I", number))[0]
        return (SIMPLE[number] if code == 1 else number) / UNITS


def decode(data):
    """A list of (neighbour, forward, backward, count), neighbours ascending."""
    reader = Reader(bytes(data))
    size = reader.size()
    controls = [reader.number(1) for _ in range(size)]
    transitions, row = [], 0
    for control in controls:
        row += reader.number((control & 3) + 1)
        forward = reader.weight(control >> 2 & 3)
        backward = reader.weight(control >> 4 & 3)
        count = reader.number(LENGTHS[control >> 6]) if control >> 6 else 1
        transitions.append((row, forward, backward, count))
    return transitions


class Transitions:
    """transitions[song] is what decode() returns for that row."""

    def __init__(self, path):
        self.lists = pyarrow.ipc.open_file(pa.memory_map(str(path))).read_all()["transitions"]

    def __len__(self):
        return len(self.lists)

    def __getitem__(self, song):
        return decode(self.lists[song].values.to_numpy())
