#!/bin/sh
# Makes .venv from the hashed lock and brings the Delta jars; quick when that is done already.
# PYTHON names the interpreter to use, BUNDLE an archive of `make bundle` to set up from offline.
# Refusals end with exit code 12, as fundwatch.errors.SetupError does.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
log=$venv/setup.log
stamp=$venv/setup.stamp
unpacked=

say() { printf 'fundwatch: %s\n' "$1" >&2; }
refuse() { say "$1"; exit 12; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Prints the interpreter to use; a name on the PATH may be a stand-in that only fails.
find_python() {
    for name in "$@"; do
        if is_new_enough "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
    found=$(version_of "$1" || version_of python3 || echo none)
    refuse "Python 3.11 or later is needed, but $found was found: install python3 and python3-venv, or say which one with 'make setup PYTHON=/path/to/python3'."
}

# Runs pip, its chatter in the log; $1 says what failed and what to do.
quietly() {
    failure=$1
    shift
    "$@" >>"$log" 2>&1 && return
    reason=$(grep -E '^ *ERROR: ' "$log" | tail -n 1 | sed 's/^ *ERROR: //; s/\.$//')
    refuse "$failure (${reason:-no reason was given}; details in $log)."
}

unpack() {
    [ -n "${BUNDLE:-}" ] && [ -z "$unpacked" ] || return 0
    [ -f "$BUNDLE" ] || refuse "There is no bundle at $BUNDLE: give the path of an archive made by 'make bundle'."
    unpacked=$(mktemp -d ./.bundle-XXXXXX)
    trap 'rm -rf "$unpacked"' EXIT
    say "unpacking $BUNDLE"
    tar -xf "$BUNDLE" -C "$unpacked" 2>/dev/null && [ -f "$unpacked/python-version" ] ||
        refuse "$BUNDLE is not an archive made by 'make bundle', or is cut short: copy it again."
    (cd "$unpacked" && sha256sum --quiet -c SHA256SUMS >/dev/null 2>&1) ||
        refuse "$BUNDLE was damaged on its way (its SHA-256 sums differ): copy it again."
}

make_venv() {
    if [ -n "$unpacked" ]; then
        python=$(find_python "${PYTHON:-python$(cat "$unpacked/python-version")}" python3)
    elif [ -n "${PYTHON:-}" ]; then
        python=$(find_python "$PYTHON")
    else
        python=$(find_python python3.13 python3.12 python3.11 python3)
    fi
    version=$(version_of "$python")
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        refuse "Python $version has no venv module: install it (on Debian and Ubuntu: apt install python$version-venv)."
    if [ -n "$unpacked" ] && [ "$version" != "$(cat "$unpacked/python-version")" ]; then
        refuse "This bundle is for Python $(cat "$unpacked/python-version"), but $version was found: install that one, or name it with PYTHON=."
    fi
    [ "$(version_of $venv/bin/python || true)" = "$version" ] && return
    say "making $venv with Python $version"
    rm -rf $venv
    reason=$("$python" -m venv $venv 2>&1) ||
        refuse "Python $version could not make $venv ($(printf '%s' "$reason" | tail -n 1)): see that this folder is writable and python$version-venv is installed."
}

install() {
    : >"$log"
    if [ -n "$unpacked" ]; then
        say "installing the packages of the bundle (about a minute)"
        quietly "The packages of $BUNDLE could not be installed: copy it again" \
            $venv/bin/python -m pip install --no-input --no-deps --require-hashes \
            --no-index --find-links "$unpacked/wheels" -r "$unpacked/requirements.lock"
    else
        say "installing the locked packages (some 250, 800 MB to download, minutes, once)"
        quietly "The locked packages could not be installed: check the network and pip's settings, then run 'make setup' again" \
            $venv/bin/python -m pip install --no-input --no-deps --require-hashes -r requirements.lock
    fi
    quietly "fundwatch itself could not be installed: check setup.py" \
        $venv/bin/python -m pip install --no-input --no-deps --no-index --no-build-isolation -e .
}

bring_jars() {
    if [ -n "$unpacked" ]; then
        $venv/bin/python -m fundwatch.jars "$unpacked/jars"
    else
        say "fetching the Delta jars into the cache (13 MB, once)"
        $venv/bin/python -m fundwatch.jars
    fi
}

# The folder counts: an editable install points at it, so a moved checkout is set up anew.
wanted=$({ pwd; cat requirements.lock setup.py; } | sha256sum)

is_installed() {
    [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of $venv/bin/python)" ]
}

if ! is_installed; then
    unpack
    make_venv
    install
    printf '%s\n' "$wanted" >$stamp
    say "the packages are installed"
fi
if ! $venv/bin/python -m fundwatch.jars --check 2>/dev/null; then
    unpack
    bring_jars
fi
