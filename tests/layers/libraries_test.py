"""Fails if a program that serves models is linked with the libraries that only drawing needs.

serve_test is linked with everything `segue serve` runs, sockets included, and nothing else. The command line also draws,
so segue itself has them: that proves that the check can fail.
"""

import re
import subprocess
import sys

DRAWING = re.compile(r"lib(cairo|pango|X11|xcb|webp)\b")


def drawing_libraries(program: str) -> list[str]:
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in done.stdout.splitlines() if DRAWING.search(line)]


def main() -> int:
    serving, everything = sys.argv[1:]
    assert drawing_libraries(everything), f"{everything}: expected libcairo, found none: this check cannot fail"
    found = drawing_libraries(serving)
    print(f"{serving}: linked with {', '.join(found)}" if found else "serving needs no drawing library")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
