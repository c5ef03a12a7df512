#!/bin/sh
# Writes requirements.lock from the ranges in setup.py: exact, hashed, one version for every Python.
# UPGRADE=1 moves every package to the newest that fits; without it only what must move does.
# pip cannot lock for other Pythons and platforms than its own, so uv does it, from a throw-away venv.
set -eu
cd "$(dirname "$0")/.."

tools=$(mktemp -d ./.lock-XXXXXX)
trap 'rm -rf "$tools"' EXIT
.venv/bin/python -m venv "$tools"
"$tools/bin/pip" install -q uv
# A folder of wheels that this machine happens to have must not decide what the lock holds.
env -u PIP_FIND_LINKS -u UV_FIND_LINKS "$tools/bin/uv" pip compile -q --no-config \
    --universal --python-version 3.11 --fork-strategy fewest ${UPGRADE:+--upgrade} \
    --all-extras --generate-hashes --no-header --no-annotate setup.py -o requirements.lock
