"""The peer of bench/serve/serve_load.py: similar songs by FastAPI, uvicorn and faiss' HNSW.

    .venv/bin/python bench/serve/fastapi_peer.py MODEL PORT
"""

import json
import pathlib
import sys

import faiss
import fastapi
import numpy as np
import pyarrow as pa
import uvicorn

model = pathlib.Path(sys.argv[1])
faiss.omp_set_num_threads(1)
with pa.memory_map(str(model / "songs.arrow")) as source:
    songs = pa.ipc.open_file(source).read_all()
ids, titles, artists = (songs[name].to_pylist() for name in ("id", "title", "artist"))
row_of = {song: row for row, song in enumerate(ids)}
vectors = np.array(np.load(model / "vectors.npy", mmap_mode="r"))
faiss.normalize_L2(vectors)
index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
index.hnsw.efConstruction = 100
# The model's own search width, for about the same recall.
index.hnsw.efSearch = json.loads((model / "manifest.json").read_text()).get("index", {}).get("search_width", 100)
index.add(vectors)
app = fastapi.FastAPI()


@app.get("/health/live")
async def live():
    return {"status": "ok"}


@app.get("/v1/songs/{song}/similar")
async def similar(song: str, k: int = 20):
    if song not in row_of:
        raise fastapi.HTTPException(404, "no such song")
    row = row_of[song]
    scores, rows = index.search(vectors[row:row + 1], k + 1)
    return {"items": [{"id": ids[other], "title": titles[other], "artist": artists[other], "similarity": float(score)}
                      for other, score in zip(rows[0], scores[0]) if other != row][:k]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
