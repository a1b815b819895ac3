"""`segue licences` and tools/sbom agree with the build: nothing is missing, invented, or licensed otherwise."""

import json
import pathlib
import re
import subprocess
import sys

SEGUE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]

# Words that the licence's text has, or that Debian's summary of it uses.
MARKS = {
    "Apache-2.0": r"Apache(-2.0|-2|\s+License)",
    "BSD-2-Clause": r"BSD-2-clause|Redistribution and use in source and binary forms",
    "BSD-3-Clause": r"BSD-3-clause|Redistribution and use in source and binary forms",
    "BSL-1.0": r"BSL-1.0",
    "GPL-3.0-or-later WITH GCC-exception-3.1": r"GCC RUNTIME LIBRARY EXCEPTION|GCC Runtime Library Exception",
    "ISC": r"ISC License|Permission to use, copy, modify, and/or distribute",
    "LGPL-2.0-or-later": r"LGPL-2\+",
    "LGPL-2.1-only OR MPL-1.1": r"General Public License \(LGPL\) version 2\.1 or the Mozilla Public|LGPL-2\.1 or MPL-1\.1",
    "LGPL-2.1-or-later": r"LGPL-2\.1\+|Lesser\s+General\s+Public\s+License",
    "MIT": r"Expat|MIT License|Permission is hereby granted, free of charge",
    "MIT-Modern-Variant": r"License: MIT",
    "MPL-2.0": r"License: MPL-2",
    "PostgreSQL": r"License: PostgreSQL",
    "Unicode-DFS-2016": r"Unicode, Inc",
    "Zlib": r"Zlib|provided 'as-is'",
    "curl": r"License: curl",
    "blessing": r"public-domain|public domain",
}


def copyright_of(name):
    return pathlib.Path(f"/usr/share/doc/{name}/copyright").read_text(encoding="utf-8", errors="replace")


def check_licence(entry):
    """The licence in the bill of materials is the one that the package itself states."""
    licence = entry["licenses"][0]["expression"]
    if entry["purl"].startswith("pkg:npm/"):
        stated = json.loads((ROOT / "app/web/node_modules" / entry["name"] / "package.json").read_text())
        assert (stated["license"], stated["version"]) == (licence, entry["version"]), (stated["license"], entry)
        return
    text = licence if entry["purl"].startswith("pkg:pypi/") else copyright_of(entry["name"])
    assert re.search(MARKS[licence], text), f"{entry['name']}: expected {licence} in its copyright file"


def bill_of_materials():
    done = subprocess.run([ROOT / "tools/sbom", "--build", BUILD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_bill(bill):
    assert bill["bomFormat"] == "CycloneDX" and bill["specVersion"] == "1.5"
    entries = bill["components"]
    references = [entry["bom-ref"] for entry in entries]
    assert len(set(references)) == len(references)
    assert bill["dependencies"][0]["dependsOn"] == references
    names = {entry["name"] for entry in entries}
    assert {"preact", "libhnswlib-dev"} <= names and len(entries) > 30, names
    for entry in entries:
        assert entry["name"] and entry["version"] and entry["purl"], entry
        if "licenses" in entry:
            check_licence(entry)


def check_command(bill):
    done = subprocess.run([SEGUE, "licences", "--json"], capture_output=True, text=True, check=True)
    listed = json.loads(done.stdout)["components"]
    bundled = {(one["name"], one["version"]) for one in listed if one["version"]}
    wanted = set(json.loads((ROOT / "app/web/package.json").read_text())["dependencies"])
    assert wanted <= {name for name, _ in bundled}, (wanted, bundled)
    assert bundled == {(one["name"], one["version"]) for one in bill["components"]
                       if one["purl"].startswith("pkg:npm/")}
    texts = subprocess.run([SEGUE, "licences", "--texts"], capture_output=True, text=True, check=True).stdout
    for name, version in bundled:
        assert f"== {name} {version} (" in texts, name
    assert texts.count("Permission") >= len(bundled)


bill = bill_of_materials()
check_bill(bill)
check_command(bill)
print(f"{len(bill['components'])} parts, each from the build")
