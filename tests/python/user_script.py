"""What a user writes, for the type checker."""

import numpy as np
import polars

import segue


def main() -> None:
    dataset = segue.Dataset.from_lists([["a", "b", "c"], ["b", "c", "a"]], min_session=2)
    model = segue.train(dataset, dim=16, window=3, epochs=2, min_plays=1, fit_blend="off", preset="none")
    norms: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.linalg.norm(model.vectors, axis=1)
    similar = model.similar("a", k=2, min_plays=1)
    radio = model.radio(["a"], length=2)
    first: segue.RadioSong = radio[0]
    names: list[str] = radio.ids
    frame: polars.DataFrame = model.songs.to_polars()
    scores = segue.evaluate(dataset, {"mine": lambda history, k: history[:k]}, baselines="popularity", split="queues")
    try:
        model.save("model")
    except segue.NoSpace as error:
        print(error.code)
    print(norms.max(), similar, first.seed_similarity, names, frame.height, scores.to_pydict())


if __name__ == "__main__":
    main()
