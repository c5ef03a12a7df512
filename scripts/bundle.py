"""Packs one archive from which `make … BUNDLE=…` sets up a machine that has no network."""

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import parse_wheel_filename

from fundwatch.jars import delta_jars
from scripts.code_zip import ROOT, write_code_zip

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    """Writes dist/fundwatch-bundle-….tar.gz (some 800 MB) and prints its path."""
    target = ROOT / "dist" / f"fundwatch-bundle-{platform.machine()}-python{PYTHON}.tar.gz"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bundle-") as scratch:
        folder = Path(scratch)
        fill(folder)
        part = pack(folder, target.with_suffix(".part"))
    part.replace(target)
    print(target.relative_to(ROOT))
    return 0


def fill(folder: Path) -> None:
    """Lays out the bundle in `folder`: what it holds is listed, with sums, in SHA256SUMS."""
    print("fundwatch: collecting the locked packages as wheels (minutes)", file=sys.stderr)
    collect_wheels(folder / "wheels")
    (folder / "requirements.lock").write_text(lock_of(folder / "wheels"), encoding="utf-8")
    (folder / "python-version").write_text(f"{PYTHON}\n", encoding="utf-8")
    (folder / "jars").mkdir()
    for jar in delta_jars():
        shutil.copyfile(jar, folder / "jars" / jar.name)
    write_code_zip(folder / "fundwatch-code.zip")
    copy_source(folder / "fundwatch")
    sums = "".join(f"{sha256(file)}  {file.relative_to(folder)}\n" for file in files(folder))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")


def collect_wheels(folder: Path) -> None:
    """The locked packages as wheels for this Python; one that is published as source is built."""
    options = ["--quiet", "--no-deps", "--require-hashes", "--wheel-dir", str(folder)]
    lock = ["--requirement", str(ROOT / "requirements.lock")]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, *lock], check=True)


def lock_of(wheels: Path) -> str:
    """A lock of just these wheels: a wheel that was built here has a sum that no index knows."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        lines.append(f"{name}=={version} --hash=sha256:{sha256(wheel)}\n")
    return "".join(lines)


def copy_source(folder: Path) -> None:
    """The committed source (code, conf, dags, Makefile), so that the archive is all one needs."""
    folder.mkdir()
    source = folder.with_suffix(".tar")
    subprocess.run(["git", "-C", ROOT, "archive", "--output", source, "HEAD"], check=True)
    with tarfile.open(source) as archive:
        # As Python's manual has it, for Debian's 3.11.2 knows no filters.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    source.unlink()


def pack(folder: Path, target: Path) -> Path:
    """`target`, a tar of `folder`; barely compressed, since wheels and jars are so already."""
    with tarfile.open(target, "w:gz", compresslevel=1) as archive:
        for entry in sorted(folder.iterdir()):
            archive.add(entry, arcname=entry.name)
    return target


def files(folder: Path) -> Iterator[Path]:
    """Every file under `folder`, in one order everywhere."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def sha256(path: Path) -> str:
    """The file's SHA-256 sum in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
