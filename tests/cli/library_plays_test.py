"""A playlist of a library plays: files in every common format are made, scanned, listed, and played by mpv and ffprobe."""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

SEGUE, MAKE_MODEL = sys.argv[1:3]
FORMATS = ("mp3", "flac", "ogg", "opus", "m4a", "wav")


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    run(MAKE_MODEL, folder / "model", 48)
    songs = json.loads(run(SEGUE, "similar", folder / "model", "song 0", "-k", "40", "--json"))["items"]
    named = [song for song in songs if song.get("title") and song.get("artist")][:18]
    # One run of ffmpeg makes all files: a tone each, with tags.
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=0.3"]
    for i, song in enumerate(named):
        ending = FORMATS[i % len(FORMATS)]
        # Names that a playlist has to get right: spaces, a hash, a percent sign, other scripts.
        path = folder / "music" / f"100% #{i // 6}" / f"{i:02d} {song['title']}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        command += ["-map", "0:a", "-metadata", f"title={song['title']}", "-metadata", f"artist={song['artist']}",
                    "-metadata", f"album={song.get('album', '')}", str(path)]
    run(*command)
    (folder / "music/broken.mp3").write_bytes(b"no music")

    report = json.loads(run(SEGUE, "library", "scan", folder / "music", "-o", folder / "library.arrow", "--model",
                            folder / "model", "--json"))
    assert report["files"] == len(named) + 1 and report["unreadable"] == 1, report
    assert report["named_by_path"] == 0 and report["match"]["matched"] == len(named), report

    for ending in ("m3u8", "xspf", "jspf"):
        out = folder / f"list.{ending}"
        run(SEGUE, "radio", folder / "model", named[0]["id"], "--length", "100", "--artist-gap", "0", "--library",
            folder / "library.arrow", "-o", out)
    listed = [line for line in (folder / "list.m3u8").read_text().splitlines() if not line.startswith("#")]
    assert len(listed) >= 12, listed
    for line in listed:
        found = json.loads(run("ffprobe", "-v", "error", "-show_format", "-of", "json", line))
        assert float(found["format"]["duration"]) > 0.2, found
    tracks = json.loads((folder / "list.jspf").read_text())["playlist"]["track"]
    assert all(track["location"][0].startswith("file:///") and track["duration"] > 200 for track in tracks), tracks

    root = xml.etree.ElementTree.parse(folder / "list.xspf").getroot()
    places = [element.text for element in root.iter("{http://xspf.org/ns/0/}location")]
    assert [urllib.parse.unquote(place.removeprefix("file://")) for place in places] == listed, places
    played = run("mpv", "--no-config", "--no-video", "--ao=null", "--untimed", "--length=0.05", folder / "list.m3u8")
    assert played.count("Playing:") == len(listed) and "rror" not in played and "Failed" not in played, played

    rescanned = json.loads(run(SEGUE, "library", "scan", folder / "music", "-o", folder / "library.arrow", "--json"))
    assert rescanned["unchanged"] == len(named), rescanned
print(f"{len(listed)} files of {len(FORMATS)} formats play")
