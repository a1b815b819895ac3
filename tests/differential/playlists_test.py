"""Playlists of songs with awkward names, read by the rules of other programs.

XSPF: an XML parser (expat), then what the specification (https://www.xspf.org/spec) says of each element: which may
stand where, how often, and which hold a URI. JSPF: its keys and types (https://www.xspf.org/jspf). M3U8: lines.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

NAMESPACE = "{http://xspf.org/ns/0/}"
SONGS = 24
# RFC 3986: a scheme, then unreserved, reserved and percent-encoded characters, at most one fragment.
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
                 r"(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?")
# Elements and how often they may stand in a playlist and in a track; None: any number of times.
IN_PLAYLIST = {"title": 1, "creator": 1, "annotation": 1, "info": 1, "location": 1, "identifier": 1, "image": 1,
               "date": 1, "license": 1, "attribution": 1, "link": None, "meta": None, "extension": None, "trackList": 1}
IN_TRACK = {"location": None, "identifier": None, "title": 1, "creator": 1, "annotation": 1, "info": 1, "image": 1,
            "album": 1, "trackNum": 1, "duration": 1, "link": None, "meta": None, "extension": None}
URIS = {"location", "identifier", "info", "image", "license"}


def check_children(element, allowed):
    counts = {}
    for child in element:
        assert child.tag.startswith(NAMESPACE), child.tag
        name = child.tag.removeprefix(NAMESPACE)
        counts[name] = counts.get(name, 0) + 1
        assert name in allowed, f"{name} in {element.tag}"
        assert allowed[name] is None or counts[name] <= allowed[name], f"{counts[name]} {name}"
        assert not child.attrib, child.attrib
        assert name in ("trackList", "extension") or len(child) == 0, "markup in text"
        if name in URIS:
            assert URI.fullmatch(child.text), child.text
    return counts


def check_xspf(text):
    assert text.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    root = xml.etree.ElementTree.fromstring(text)
    assert root.tag == NAMESPACE + "playlist" and root.attrib == {"version": "1"}, (root.tag, root.attrib)
    assert check_children(root, IN_PLAYLIST).get("trackList") == 1
    tracks = list(root.find(NAMESPACE + "trackList"))
    for track in tracks:
        assert track.tag == NAMESPACE + "track" and not track.attrib
        check_children(track, IN_TRACK)
    return [track.findtext(NAMESPACE + "title") for track in tracks], [
        track.findtext(NAMESPACE + "identifier") for track in tracks]


def check_jspf(text):
    document = json.loads(text)
    assert list(document) == ["playlist"]
    playlist = document["playlist"]
    assert set(playlist) <= {"title", "creator", "track"} and isinstance(playlist["track"], list)
    for track in playlist["track"]:
        assert set(track) <= {"location", "identifier", "title", "creator", "album"}
        for key in ("location", "identifier"):
            for uri in track.get(key, []):
                assert URI.fullmatch(uri), uri
            assert isinstance(track.get(key, []), list)
        assert all(isinstance(track[key], str) for key in ("title", "creator", "album") if key in track)
    return [track.get("title") for track in playlist["track"]], [
        track["identifier"][0] for track in playlist["track"]]


def check_m3u8(text):
    # Every line break that any reader knows, so that a hidden one is found.
    lines = text.decode("utf-8").splitlines()
    assert lines[0] == "#EXTM3U" and lines[1].startswith("#PLAYLIST:")
    names, locations = lines[2::2], lines[3::2]
    assert len(names) == len(locations), text
    for name, location in zip(names, locations):
        assert name.startswith("#EXTINF:-1,") and not location.startswith("#") and location == location.strip() != ""
    return names, locations


def main():
    segue, make_model = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        model = pathlib.Path(scratch) / "model"
        subprocess.run([make_model, model], check=True)

        def radio(*more):
            return subprocess.run([segue, "radio", model, "song 18", "--mode", "any", "--length", "100", "--quiet", *more],
                                  check=True, stdout=subprocess.PIPE).stdout

        expected = [item["title"] for item in json.loads(radio("--format", "json"))["items"]]
        shown = [re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", " ", title) or None for title in expected]
        assert len(expected) == SONGS and len(set(expected)) == SONGS
        for location in ("", "https://example.org/{id}", "file:///music/{artist}/{title}.mp3"):
            more = ["--location", location] if location else []
            titles, identifiers = check_xspf(radio("--format", "xspf", *more))
            assert titles == shown, (titles, shown)
            assert len(set(identifiers)) == SONGS
            assert check_jspf(radio("--format", "jspf", *more)) == (titles, identifiers)
            names, locations = check_m3u8(radio("--format", "m3u8", *more))
            assert len(names) == SONGS and len(set(locations)) == SONGS
            if location:
                assert all(URI.fullmatch(line) for line in locations), locations
        # A title that is markup, too.
        check_xspf(radio("--format", "xspf", "--title", "</title> & ]]> \x02"))
        check_m3u8(radio("--format", "m3u8", "--title", "two\nlines"))
    print("playlists of nasty names are valid")


if __name__ == "__main__":
    main()
