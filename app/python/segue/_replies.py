"""What songs in a list are made of."""

# Written by tools/python-package from the tables of the C++ library. Do not edit.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

Reply = TypeVar("Reply")


@dataclass(frozen=True, kw_only=True)
class Song:
    """A song of a model."""

    id: str
    """The id it has in the listens."""
    row: int
    """Its place in the order of plays, and its point on the map."""
    title: str
    """Empty if unknown."""
    artist: str
    """Empty if unknown."""
    album: str
    """Empty if unknown."""
    plays: int
    """Plays in the dataset the model was trained on."""


@dataclass(frozen=True, kw_only=True)
class Together:
    """How often two songs were played close together."""

    times: int
    """Pairs of plays."""
    after: float
    """Weight of the pairs in which this song came second."""
    before: float
    """Weight of the pairs in which this song came first."""


@dataclass(frozen=True, kw_only=True)
class SimilarSong(Song):
    """A neighbour of a song."""

    similarity: float
    """Cosine of the song vectors."""
    together: Together | None = None
    """Present if both were played close together."""
    _nested: ClassVar[dict[str, type]] = {"together": Together}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What lifts the score of a recommended song."""

    kind: str
    """What kind of term of the score it is."""
    share: float
    """Its part of all that lifts the score, from 0 to 1."""
    text: str
    """In a few words: 25 × near Roads."""


@dataclass(frozen=True, kw_only=True)
class SeedSong(Song):
    """A played song as a reason for a recommendation."""

    share: float
    """Its part of all that lifts the score, from 0 to 1."""
    similarity: float
    """Its cosine to the recommended song."""


@dataclass(frozen=True, kw_only=True)
class PlayedTogether:
    """How often a played song and the recommended one were played together."""

    times: int
    """Pairs of plays."""
    within: int
    """How many songs apart a pair is at most."""
    after: float
    """Weight of the pairs in which the recommended song came second."""
    before: float
    """Weight of the pairs in which the recommended song came first."""
    song: Song
    """The played song."""
    _nested: ClassVar[dict[str, type]] = {"song": Song}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a song was recommended."""

    text: str
    """The reasons as a sentence."""
    reasons: list[Reason]
    """What lifted its score, the largest share first."""
    seeds: list[SeedSong]
    """The played songs it is based on, the largest share first."""
    together: PlayedTogether | None = None
    """The played song it was played with most often."""
    interest: Song | None = None
    """The central song of the interest it serves, if there are several."""
    _nested: ClassVar[dict[str, type]] = {"reasons": Reason, "seeds": SeedSong, "together": PlayedTogether, "interest": Song}


@dataclass(frozen=True, kw_only=True)
class RecommendedSong(Song):
    """A song to play."""

    score: float
    """How well it fits: of the blend, or a cosine."""
    similarity: float
    """Its cosine to the user vector."""
    explanation: Explanation | None = None
    """Present if explain was set."""
    new: bool | None = None
    """Present if it came after training (segue place)."""
    _nested: ClassVar[dict[str, type]] = {"explanation": Explanation}


@dataclass(frozen=True, kw_only=True)
class RadioSong(Song):
    """A song of a radio."""

    score: float
    """How well it fits at this place."""
    similarity: float
    """Its cosine to the song before it."""
    seed_similarity: float
    """Its cosine to the nearest seed."""


@dataclass(frozen=True, kw_only=True)
class JourneySong(Song):
    """A song of a journey."""

    similarity: float
    """Its cosine to the song before it; 1 for the first."""
    progress: float
    """How far it is from the first song (0) to the last (1)."""


@dataclass(frozen=True, kw_only=True)
class TakenSeed:
    """What a seed was taken as."""

    typed: str
    """The seed as it was given."""
    kind: str
    """What it was taken as."""
    name: str
    """The name of that."""
    weight: float
    """How much it counts compared with the other seeds."""
    songs: list[str]
    """Ids of the songs that stand for it: of a group its most played ones."""


def reply_of(kind: type[Reply], fields: dict[str, Any]) -> Reply:
    """The reply with these fields, as C++ gives them."""
    nested: dict[str, type] = getattr(kind, "_nested", {})
    made = {}
    for name, value in fields.items():
        inner = nested.get(name)
        if inner is None:
            made[name] = value
        elif isinstance(value, list):
            made[name] = [reply_of(inner, item) for item in value]
        else:
            made[name] = reply_of(inner, value)
    return kind(**made)
