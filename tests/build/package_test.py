"""The Debian package of the build: what it holds, installed in a scratch root, used from there, removed, purged.

dpkg runs the package's scripts outside of the root, with DPKG_ROOT (--force-script-chrootless): the root has no shell of
its own. What the scripts tell systemd is not tested.

Usage: package_test.py BUILD
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

AS_ROOT = [] if os.getuid() == 0 else ["fakeroot"]


def run(*command, **how):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, **how)
    assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def build_package(build, folder):
    run("cpack", "-G", "DEB", "-B", folder, cwd=build)
    (package,) = folder.glob("*.deb")
    return package


def check_contents(package):
    control = run("dpkg-deb", "--info", package)
    for field in ("Package: segue", "Section: sound", "Maintainer: "):
        assert field in control, control
    depends = re.search(r"Depends: (.*)", control).group(1)
    for library in ("libc6", "libstdc++6", "libpq5", "libsqlite3-0", "libicu72", "passwd"):
        assert library in depends, depends
    assert "libarrow" not in depends, "Arrow comes along"
    lines = run("dpkg-deb", "--contents", package).splitlines()
    files = {line.split()[5].lstrip("."): line.split()[:2] for line in lines}
    for file in ("/usr/bin/segue", "/etc/segue.toml", "/usr/lib/systemd/system/segue.service",
                 "/usr/lib/systemd/system/segue-retrain.timer", "/usr/share/doc/segue/copyright",
                 "/usr/share/bash-completion/completions/segue", "/usr/share/zsh/site-functions/_segue",
                 "/usr/share/fish/vendor_completions.d/segue.fish"):
        assert file in files, sorted(files)
    assert any(re.fullmatch(r"/usr/lib/segue/libarrow\.so\.\d+", file) for file in files)
    assert not any("/python" in file or file.startswith("/usr/local") for file in files)
    for file, (mode, owner) in files.items():
        assert owner == "root/root" and mode[8] != "w", (file, mode, owner)


def make_root(root):
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
    (root / "etc/gshadow").write_text("root:*::\n")


def dpkg(root, *arguments):
    return run(*AS_ROOT, "dpkg", f"--root={root}", f"--log={root}/dpkg.log", "--force-depends",
               "--force-script-chrootless", *arguments)


def check_installed(root):
    user = next(line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("segue:"))
    assert user.endswith(":/var/lib/segue:/usr/sbin/nologin"), user
    segue = root / "usr/bin/segue"
    clean = {"PATH": os.environ["PATH"], "HOME": str(root)}
    assert re.match(r"segue \d", run(segue, "--version", env=clean))
    assert run(segue, "--completion", "bash", env=clean) == (
        root / "usr/share/bash-completion/completions/segue").read_text()
    log = root / "log.csv"
    log.write_text("user,ts,artist,title\n" + "".join(f"ann,{1600000000 + 200 * i},A,Song {i % 3}\n" for i in range(9)))
    run(segue, "ingest", log, "-o", root / "dataset", env=clean)
    assert "songs" in run(segue, "info", root / "dataset", env=clean)
    for unit in (root / "usr/lib/systemd/system").iterdir():
        for program in re.findall(r"^Exec\w+=(\S+)", unit.read_text(), re.M):
            assert (root / program.lstrip("/")).exists() or program == "/bin/kill", (unit, program)
    served = subprocess.run([segue, "serve", root / "no-model", "--config", root / "etc/segue.toml"],
                            capture_output=True, text=True, timeout=60, env=clean)
    assert served.returncode != 0 and "segue.toml" not in served.stderr, served.stderr


def main(build):
    if not shutil.which("dpkg-shlibdeps"):
        print("skipped: no dpkg-shlibdeps (dpkg-dev)")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        package = build_package(build, folder / "package")
        check_contents(package)
        root = folder / "root"
        make_root(root)
        dpkg(root, "--install", package)
        check_installed(root)
        dpkg(root, "--install", package)  # as an upgrade does: the user is there already
        assert (root / "etc/passwd").read_text().count("\nsegue:") == 1
        dpkg(root, "--remove", "segue")
        assert not (root / "usr/bin/segue").exists() and not (root / "usr/lib/segue").exists()
        assert (root / "etc/segue.toml").exists(), "a configuration stays until it is purged"
        dpkg(root, "--purge", "segue")
        assert not (root / "etc/segue.toml").exists()


if __name__ == "__main__":
    main(*sys.argv[1:])
