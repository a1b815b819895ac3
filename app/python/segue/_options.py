"""The options of each function, for type checkers."""

# Written by tools/python-package from the tables of the C++ library. Do not edit.

from collections.abc import Sequence
from datetime import timedelta
from os import PathLike
from typing import Literal, TypedDict


class IngestOptions(TypedDict, total=False):
    source: str | int | PathLike[str]
    kind: Literal["auto", "listens", "playlists"]
    songs: str | Sequence[str]
    base: str | Sequence[str]
    user: str | int | PathLike[str]
    user_column: str | int | PathLike[str]
    song_column: str | int | PathLike[str]
    time_column: str | int | PathLike[str]
    title_column: str | int | PathLike[str]
    artist_column: str | int | PathLike[str]
    album_column: str | int | PathLike[str]
    tags_column: str | int | PathLike[str]
    played_ms_column: str | int | PathLike[str]
    length_ms_column: str | int | PathLike[str]
    skipped_column: str | int | PathLike[str]
    songs_column: str | int | PathLike[str]
    columns: str | int | PathLike[str]
    songs_columns: str | int | PathLike[str]
    time_unit: Literal["auto", "s", "ms", "us", "ns"]
    date_format: Literal["auto", "dmy", "mdy", "ymd"]
    time_is: Literal["auto", "start", "end"]
    earliest: str | int | PathLike[str]
    latest: str | int | PathLike[str]
    identity: Literal["auto", "id", "name"]
    merge_versions: bool
    anonymise: str | int | PathLike[str]
    session_gap: str | timedelta
    max_session: str | timedelta
    min_played: str | timedelta
    keep_repeats: bool
    min_session: int
    rejects: int
    shards: int
    memory: str | int | PathLike[str]
    threads: int


class TrainOptions(TypedDict, total=False):
    from_: str | int | PathLike[str]
    warm: bool
    fresh_passes: int
    checkpoint_every: str | timedelta
    resume: bool
    architecture: Literal["skipgram", "cbow"]
    dim: int
    window: int
    dynamic_window: bool
    negatives: int
    negative_sharing: Literal["pair", "window", "block"]
    negative_block: int
    negative_pool: int
    negative_exponent: float
    subsample: float
    min_plays: int
    place_plays: int
    epochs: int
    own_weight: int
    decay: str | timedelta
    learning_rate: float
    min_learning_rate: float
    precision: Literal["f32", "bf16"]
    threads: int
    seed: int
    preset: Literal["auto", "none"]
    transition_window: int
    blend_transition_half_life: float
    blend_transition_power: float
    blend_backward: float
    blend_seed_damping: float
    blend_popularity_damping: float
    blend_floor: float
    blend_vector_half_life: float
    blend_last_song: float
    blend_recent_songs: float
    blend_last_context: float
    blend_recent_context: float
    blend_last_artist: float
    blend_recent_artists: float
    blend_version: float
    blend_trend_days: float
    blend_trend_weeks: float
    blend_trend_months: float
    blend_own_transitions: float
    blend_returns: float
    blend_known_artist: float
    blend_familiar: float
    blend_repeater: float
    blend_teacher: float
    fit_blend: Literal["auto", "on", "off"]
    index: Literal["auto", "exact", "graph"]
    index_links: int
    index_width: int
    index_storage: Literal["int8", "float32"]
    shard: Literal["rows", "columns"]
    exchange_plays: int
    rank_timeout: str | timedelta


class SimilarOptions(TypedDict, total=False):
    k: int
    threads: int
    only_tag: str | Sequence[str]
    not_tag: str | Sequence[str]
    only_artist: str | Sequence[str]
    not_artist: str | Sequence[str]
    only_ids: str | int | PathLike[str]
    not_ids: str | int | PathLike[str]
    min_plays: int
    max_plays: int
    min_rank: int
    max_rank: int
    names: bool


class RecommendOptions(TypedDict, total=False):
    k: int
    by: Literal["blend", "vectors", "transitions"]
    half_life: float
    explain: bool
    new_song_share: float
    threads: int
    mode: Literal["discover", "any", "rediscover"]
    diversity: float
    popularity: float
    artist_cap: int
    artist_gap: int
    fold_versions: bool
    freshness: float
    surprise: float
    seed: int
    dislike: str | Sequence[str]
    interests: str | int | PathLike[str]
    only_tag: str | Sequence[str]
    not_tag: str | Sequence[str]
    only_artist: str | Sequence[str]
    not_artist: str | Sequence[str]
    only_ids: str | int | PathLike[str]
    not_ids: str | int | PathLike[str]
    min_plays: int
    max_plays: int
    min_rank: int
    max_rank: int
    names: bool


class RadioOptions(TypedDict, total=False):
    length: int
    drift: float
    mode: Literal["discover", "any", "rediscover"]
    diversity: float
    popularity: float
    artist_cap: int
    artist_gap: int
    fold_versions: bool
    freshness: float
    surprise: float
    seed: int


class JourneyOptions(TypedDict, total=False):
    steps: str | int | PathLike[str]
    artist_gap: int
    fold_versions: bool
    threads: int


class MapOptions(TypedDict, total=False):
    most_played: int
    like: str | int | PathLike[str]
    redo: bool
    perplexity: float
    iterations: int
    exaggeration: float
    exaggeration_iterations: int
    late_exaggeration: float
    learning_rate: float
    fast: bool
    threads: int
    seed: int


class PlaceOptions(TypedDict, total=False):
    songs: str | Sequence[str]
    songs_columns: str | int | PathLike[str]
    threads: int


class CompareOptions(TypedDict, total=False):
    k: int
    sample: int
    threads: int
    seed: int


class EvaluateOptions(TypedDict, total=False):
    split: Literal["auto", "time", "queues", "last-song"]
    part: Literal["test", "validation"]
    held_out: float
    gap: str | timedelta
    max_positions: int
    max_plays: int
    baselines: str | int | PathLike[str]
    tune_baselines: Literal["auto", "off"]
    heard: int
    vector_metric: Literal["cosine", "euclidean"]
    seeds: int
    resamples: int
    architecture: Literal["skipgram", "cbow"]
    dim: int
    window: int
    dynamic_window: bool
    negatives: int
    negative_sharing: Literal["pair", "window", "block"]
    negative_block: int
    negative_pool: int
    negative_exponent: float
    subsample: float
    min_plays: int
    place_plays: int
    epochs: int
    own_weight: int
    decay: str | timedelta
    learning_rate: float
    min_learning_rate: float
    precision: Literal["f32", "bf16"]
    threads: int
    seed: int
    preset: Literal["auto", "none"]
    blend_transition_half_life: float
    blend_transition_power: float
    blend_backward: float
    blend_seed_damping: float
    blend_popularity_damping: float
    blend_floor: float
    blend_vector_half_life: float
    blend_last_song: float
    blend_recent_songs: float
    blend_last_context: float
    blend_recent_context: float
    blend_last_artist: float
    blend_recent_artists: float
    blend_version: float
    blend_trend_days: float
    blend_trend_weeks: float
    blend_trend_months: float
    blend_own_transitions: float
    blend_returns: float
    blend_known_artist: float
    blend_familiar: float
    blend_repeater: float
    blend_teacher: float
    fit_blend: Literal["auto", "on", "off"]


class TuneOptions(TypedDict, total=False):
    trials: int
    time: str | timedelta
    space: str | int | PathLike[str]
    reduction: int
    query: Literal["best", "last", "recent"]
    positions: int
    split: Literal["auto", "time", "queues", "last-song"]
    held_out: float
    gap: str | timedelta
    max_plays: int
    heard: int
    vector_metric: Literal["cosine", "euclidean"]
    architecture: Literal["skipgram", "cbow"]
    dim: int
    window: int
    dynamic_window: bool
    negatives: int
    negative_sharing: Literal["pair", "window", "block"]
    negative_block: int
    negative_pool: int
    negative_exponent: float
    subsample: float
    min_plays: int
    place_plays: int
    epochs: int
    own_weight: int
    decay: str | timedelta
    learning_rate: float
    min_learning_rate: float
    precision: Literal["f32", "bf16"]
    threads: int
    seed: int
    preset: Literal["auto", "none"]
