"""Packs our code as the zip that `spark-submit --py-files` ships to the executors."""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("fundwatch", "models", "jobs", "console")


def write_code_zip(path: Path) -> Path:
    """`path`, a zip of PACKAGES with their data; the same code gives the same bytes.

    Not a wheel: Spark puts a wheel on the driver's path only and never on an executor's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files():
            # The oldest date a zip can tell, so that a checkout's times do not count.
            entry = zipfile.ZipInfo(str(file.relative_to(ROOT)), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return path


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


if __name__ == "__main__":
    print(write_code_zip(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/fundwatch-code.zip")))
