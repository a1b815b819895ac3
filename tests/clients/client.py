"""What a Python program does with the generated client: search, page through a list, read an error."""

import json
import sys

from segue_client import AuthenticatedClient
from segue_client.api.recommendations import recommend_for_songs
from segue_client.api.songs import get_similar_songs, get_song, search_songs
from segue_client.models import ApiError, Recommendations, RecommendForSongsBody, RecommendForSongsBodyMode
from segue_client.models import SimilarSongs, Songs
from segue_client.types import UNSET, Unset


def use(base_url: str, token: str) -> str:
    client = AuthenticatedClient(base_url=base_url, token=token)

    found = search_songs.sync(client=client, q="joga")
    assert isinstance(found, Songs)
    song = found.items[0]

    near: list[str] = []
    cursor: str | Unset = UNSET
    while True:
        page = get_similar_songs.sync(song.id, client=client, k=7, cursor=cursor)
        assert isinstance(page, SimilarSongs)
        near += [f"{item.id} {item.similarity}" for item in page.items]
        cursor = page.next_
        if isinstance(cursor, Unset):
            break

    body = RecommendForSongsBody(songs=[song.id], k=3, mode=RecommendForSongsBodyMode.ANY)
    recommended = recommend_for_songs.sync(client=client, body=body)
    assert isinstance(recommended, Recommendations)
    missing = get_song.sync("no such song", client=client)
    assert isinstance(missing, ApiError)
    return json.dumps({"song": song.title, "near": len(near), "list": len(recommended.items),
                       "missing": missing.error.code}, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    print(use(*sys.argv[1:]))
