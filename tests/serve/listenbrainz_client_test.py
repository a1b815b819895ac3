"""A scrobbler written for ListenBrainz (liblistenbrainz on PyPI) works with `segue serve`.

The third argument is the kind of store: sqlite or postgresql.
"""

import gzip
import json
import pathlib
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import liblistenbrainz
from liblistenbrainz import Listen, errors

from postgres import store_of_kind
from server import Server, make_model

SEGUE, MAKE_MODEL, STORE = sys.argv[1:4]


def refused(action, status):
    try:
        action()
    except errors.ListenBrainzAPIException as error:
        assert error.status_code == status, (error.status_code, error.message)
        return error.message
    raise AssertionError("it was not refused")


def client_of(server, secret):
    client = liblistenbrainz.ListenBrainz(api_base_url=server.url)
    client.set_auth_token(secret)
    return client


def check_tokens(server):
    client = client_of(server, server.token("ann", "read", "submit"))
    try:
        client_of(server, "nobody's")
        raise AssertionError("an unknown token was valid")
    except errors.InvalidAuthTokenException:
        pass
    return client


def check_listens(client, now):
    whole = Listen(track_name="Jóga", artist_name="Björk", release_name="Homogenic", listened_at=now - 10,
                   recording_mbid="b1a9c0e9-d987-4042-ae91-78d6a3267d69", tags=["art pop"], tracknumber=3,
                   listening_from="mpd", isrc="GBAAN9700132", additional_info={"unknown": {"kept": [1, "two"]}})
    assert client.submit_single_listen(whole) == {"status": "ok"}
    many = [Listen(track_name=f"Song {i}", artist_name="Somebody", listened_at=now - 1000 - i) for i in range(1000)]
    assert client.submit_multiple_listens(many) == {"status": "ok"}
    assert client.submit_multiple_listens(many) == {"status": "ok"}  # sent again: already known
    assert client.get_user_listen_count("ann") == 1001

    newest = client.get_listens("ann", count=3)
    assert [listen.track_name for listen in newest] == ["Jóga", "Song 0", "Song 1"]
    back = newest[0]
    for name in ("artist_name", "release_name", "listened_at", "recording_mbid", "tags", "tracknumber",
                 "listening_from", "isrc"):
        assert getattr(back, name) == getattr(whole, name), name
    assert back.additional_info["unknown"] == {"kept": [1, "two"]}

    before = client.get_listens("ann", max_ts=now - 1000, count=2)
    assert [listen.track_name for listen in before] == ["Song 1", "Song 2"]
    after = client.get_listens("ann", min_ts=now - 1002, count=2)
    assert [listen.track_name for listen in after] == ["Song 0", "Song 1"]
    assert len(client.get_listens("ann")) == 25

    client.delete_listen(back)
    assert client.get_user_listen_count("ann") == 1000
    assert client.get_listens("ann", count=1)[0].track_name == "Song 0"


def check_playing_now(client):
    assert client.get_playing_now("ann") is None
    client.submit_playing_now(Listen(track_name="Jóga", artist_name="Björk"))
    assert client.get_playing_now("ann").track_name == "Jóga"


def check_recommendations(client):
    """No song of the model has a MusicBrainz id."""
    found = client.get_user_recommendation_recordings("ann", artist_type="raw")
    assert found["payload"]["mbids"] == [] and found["payload"]["user_name"] == "ann", found
    refused(lambda: client.get_user_recommendation_recordings("bob"), 403)


def check_feedback(client):
    mbid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
    client.submit_user_feedback(1, mbid)
    loved = client.get_user_feedback("ann", 1, None)
    assert loved["total_count"] == 1 and loved["feedback"][0]["recording_mbid"] == mbid, loved
    client.submit_user_feedback(0, mbid)
    assert client.get_user_feedback("ann", None, None)["feedback"] == []


def check_errors(client, now):
    too_early = Listen(track_name="a", artist_name="b", listened_at=1)
    assert "too low" in refused(lambda: client.submit_single_listen(too_early), 400)
    empty = Listen(track_name=" ", artist_name="b", listened_at=now)
    assert refused(lambda: client.submit_single_listen(empty), 400) == "field track_metadata.track_name is empty."
    refused(lambda: client.get_listens("bob"), 403)


def check_unknown_token(server):
    status, _, body = server.ask("POST", "/1/submit-listens", {}, token="nobody's")
    assert status == 401 and body["code"] == 401 and body["error"], (status, body)
    status, _, body = server.ask("GET", "/1/user/ann/listens")
    assert status == 401 and body["code"] == 401, (status, body)


def check_as_navidrome(server, now):
    """Navidrome sends a body with its GET, and listens whose ids are empty strings."""
    secret = server.token("bob", "read", "submit")
    status, headers, body = server.ask("GET", "/1/validate-token", {}, secret)
    assert (status, body["valid"], body["user_name"]) == (200, True, "bob"), body
    assert int(headers["X-RateLimit-Remaining"]) < int(headers["X-RateLimit-Limit"]), headers
    assert int(headers["X-RateLimit-Reset-In"]) >= 1 and int(headers["X-RateLimit-Reset"]) >= now, headers
    listen = {"listened_at": now, "track_metadata": {
        "artist_name": "Björk", "track_name": "Jóga", "release_name": "Homogenic",
        "additional_info": {"submission_client": "navidrome", "artist_mbids": [""], "duration_ms": 305000}}}
    status, _, body = server.ask("POST", "/1/submit-listens", {"listen_type": "single", "payload": [listen]}, secret)
    assert (status, body) == (200, {"status": "ok"}), body


def check_next_recommendation(server, now):
    """A listen that names a song of the model by artist and title counts from the next request on."""
    secret = server.token("cat", "read", "submit")
    song = server.ask("GET", "/v1/songs?rows=5", token=secret)[2]["items"][0]
    assert song["title"] and song["artist"], song
    listen = {"listened_at": now, "track_metadata": {"artist_name": song["artist"].upper(), "track_name": song["title"]}}
    server.ask("POST", "/1/submit-listens", {"listen_type": "single", "payload": [listen]}, secret)
    history = server.ask("GET", "/v1/users/cat/history", token=secret)[2]["items"]
    assert [item["song"]["id"] for item in history] == [song["id"]], history
    status, _, body = server.ask("GET", "/v1/users/cat/recommendations?k=3", token=secret)
    assert status == 200 and len(body["items"]) == 3, body
    assert song["id"] not in [item["id"] for item in body["items"]], body


def check_statistics(client):
    """liblistenbrainz takes 204 for nothing."""
    assert client.get_user_artists("ann", time_range="year") is None
    artists = client.get_user_artists("ann", count=2)["payload"]
    assert artists["artists"] == [{"artist_name": "Somebody", "listen_count": 1000}], artists
    songs = client.get_user_recordings("ann", count=3, offset=1)["payload"]
    assert songs["total_recording_count"] == 1000 and songs["offset"] == 1, songs
    assert [song["track_name"] for song in songs["recordings"]] == ["Song 1", "Song 2", "Song 3"], songs


def check_playlists(server, now):
    """What a player asks for at start: the lists made for its user, then each of them."""
    secret = server.token("eve", "read", "submit", "uuid")
    assert len(secret) == 36, secret
    songs = server.ask("GET", "/v1/songs?rows=1,2,3", token=secret)[2]["items"]
    listens = [{"listened_at": now - 86400 - i * 300, "track_metadata": {
        "artist_name": song["artist"], "track_name": song["title"], "additional_info": []}}
        for i, song in enumerate(songs)]
    body = gzip.compress(json.dumps({"listen_type": "import", "payload": listens}).encode())
    request = urllib.request.Request(server.url + "/1//submit-listens/", body, {
        "Authorization": f"Token {secret}", "Content-Encoding": "gzip", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert json.load(reply) == {"status": "ok"}

    made = server.ask("GET", "/1/user/eve/playlists/createdfor?count=10", token=secret)[2]
    assert made["playlist_count"] == len(made["playlists"]) == 3, made
    for one in made["playlists"]:
        identifier = one["playlist"]["identifier"]
        whole = server.ask("GET", "/1/playlist/" + identifier.split("/")[-1], token=secret)[2]["playlist"]
        assert whole["identifier"] == identifier and whole["track"], whole
        known = {(song["artist"], song["title"]) for song in songs}
        heard = {(track["creator"], track["title"]) for track in whole["track"]} & known
        assert bool(heard) != whole["title"].startswith("Weekly Exploration"), whole
    again = server.ask("GET", "/1/user/eve/playlists/createdfor?count=10", token=secret)[2]
    assert again == made, again


def check_prompt_radio(server):
    secret = server.token("eve", "read")
    artist = server.ask("GET", "/v1/songs?rows=5", token=secret)[2]["items"][0]["artist"]
    prompt = urllib.parse.quote(f"artist:({artist}):2")
    status, _, body = server.ask("GET", f"/1/explore/lb-radio?prompt={prompt}&mode=easy", token=secret)
    playlist = body["payload"]["jspf"]["playlist"]
    assert status == 200 and playlist["track"] and artist in playlist["title"], body
    assert body["payload"]["feedback"] == [f"Using seed artist {artist} and similar artists"], body
    status, _, body = server.ask("GET", "/1/explore/lb-radio?prompt=country:(Mali)&mode=easy", token=secret)
    assert status == 400 and body["code"] == 400 and "country:" in body["error"], body


def check_many_users(server, now):
    secret = server.token("", "read", "submit")
    listens = [{"user": f"user{i % 7}", "listened_at": now - i, "artist": "a", "title": f"b{i}"} for i in range(100)]
    assert server.ask("POST", "/v1/listens", {"listens": listens}, secret)[2] == {"added": 100, "known": 0}
    assert server.ask("POST", "/v1/listens", {"listens": listens}, secret)[2] == {"added": 0, "known": 100}
    refused_by_protocol = server.ask("POST", "/1/submit-listens", {"listen_type": "single", "payload": []}, secret)
    assert refused_by_protocol[0] == 403, refused_by_protocol


def check_forgotten(server):
    secret = server.token("ann", "read", "submit")
    status, _, body = server.ask("DELETE", "/v1/users/ann", token=secret)
    assert status == 200 and body["listens"] == 1000 and body["tokens"] == 2, body
    service = server.token("", "read")
    assert server.ask("GET", "/1/user/ann/listen-count", token=service)[2] == {"payload": {"count": 0}}


def main():
    with tempfile.TemporaryDirectory() as folder, store_of_kind(STORE, folder) as store:
        server = Server(SEGUE, make_model(MAKE_MODEL, pathlib.Path(folder) / "model"), store)
        with server.running():
            now = int(time.time())
            client = check_tokens(server)
            check_listens(client, now)
            check_playing_now(client)
            check_feedback(client)
            check_recommendations(client)
            check_errors(client, now)
            check_unknown_token(server)
            check_as_navidrome(server, now)
            check_next_recommendation(server, now)
            check_statistics(client)
            check_playlists(server, now)
            check_prompt_radio(server)
            check_many_users(server, now)
            check_forgotten(server)
    print("a client of ListenBrainz works against segue serve")


if __name__ == "__main__":
    main()
