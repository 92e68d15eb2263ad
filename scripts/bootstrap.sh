#!/bin/sh
# Sets up .venv with pinned, hashed packages and the working copy itself.
#
#   sh scripts/bootstrap.sh run            what the program needs
#   sh scripts/bootstrap.sh run test       and what the tests need
#
# The group "build", with which the working copy itself is installed, always comes along.
#
# Groups are the files requirements/<group>.txt. A group whose lock file has not changed since
# it was installed is left alone, so that a second call takes a moment. PYTHON=... chooses the
# interpreter. Every failure says what to do about it.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=${VENV:-.venv}

say() { printf '%s\n' "$*"; }
fail() {
    printf '\nKinechain cannot be set up: %s\n' "$1" >&2
    printf 'Remedy: %s\n' "$2" >&2
    exit 1
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        command -v "$PYTHON" >/dev/null 2>&1 ||
            fail "there is no command '$PYTHON'." "set PYTHON to a Python 3.11 or newer, or leave it unset."
        new_enough "$PYTHON" ||
            fail "$PYTHON is $("$PYTHON" --version 2>&1 | head -n 1), and 3.11 or newer is needed." \
                "make run PYTHON=python3.11 (any of 3.11, 3.12, 3.13)."
        command -v "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    have=$(python3 --version 2>&1 || true)
    fail "no Python 3.11 or newer was found (python3: ${have:-missing})." \
        "apt install python3 python3-venv (Debian 12 or newer, Ubuntu 24.04 or newer), or see python.org/downloads; then make again."
}

make_venv() {
    python=$(find_python)
    version=$(version_of "$python")
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        fail "the venv module of $python (Python $version) is missing." \
            "apt install python3-venv (or python$version-venv); then make again."
    say "Making $venv with Python $version ..."
    rm -rf "$venv"
    "$python" -m venv "$venv" ||
        fail "$python -m venv $venv did not work (see above)." \
            "apt install python3-venv (or python$version-venv), check the free space with df -h .; then make again."
}

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# A virtual environment that was copied, whose Python is gone, or that has another version than
# the one asked for, is made anew.
here=$(cksum <<TEXT
$root/$venv
TEXT
)
usable=no
if [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python" &&
    [ "$(cat "$venv/.place" 2>/dev/null)" = "$here" ]; then
    usable=yes
fi
if [ $usable = yes ] && [ -n "${PYTHON:-}" ]; then
    asked=$(find_python)
    [ "$(version_of "$asked")" = "$(version_of "$venv/bin/python")" ] || usable=no
fi
if [ $usable = no ]; then
    make_venv
    printf '%s\n' "$here" >"$venv/.place"
fi

"$venv/bin/python" -m pip --version >/dev/null 2>&1 ||
    fail "pip is missing in $venv." \
        "apt install python3-pip python3-venv, remove $venv (rm -rf $venv); then make again."

install() { # title, then arguments of pip install
    title=$1
    shift
    say "$title"
    "$venv/bin/python" -m pip install --disable-pip-version-check "$@" ||
        fail "pip install did not work (see above)." \
            "check the network or the proxy (HTTPS_PROXY), and the free space with df -h .; then make again."
}

for group in build "$@"; do
    lock=requirements/$group.txt
    [ -f "$lock" ] || fail "there is no lock file $lock." "git checkout $lock, or make lock."
    print=$(cksum <"$lock")
    [ "$(cat "$venv/.installed-$group" 2>/dev/null)" = "$print" ] && continue
    # --no-deps: the lock file is complete, and everything in it has a hash.
    install "Installing the packages of $lock ..." \
        --require-hashes --no-deps --only-binary :all: -r "$lock"
    printf '%s\n' "$print" >"$venv/.installed-$group"
done

print=$(cksum <pyproject.toml)
if [ "$(cat "$venv/.installed-kinechain" 2>/dev/null)" != "$print" ]; then
    install "Installing kinechain itself (editable) ..." \
        --no-deps --no-build-isolation --editable .
    printf '%s\n' "$print" >"$venv/.installed-kinechain"
fi

# The gait kernels are compiled now, so that the first command of a user need not. Without them
# everything works, and the first use compiles them; so a failure here is told and no more.
case " $* " in *" run "*)
    print=$(cat src/kinechain/gait/kernels/*.py | cksum)
    if [ "$(cat "$venv/.kernels" 2>/dev/null)" != "$print" ]; then
        if ! "$venv/bin/python" -c 'import sys
from kinechain.gait.kernels.library import find
sys.exit(find() is None)' 2>/dev/null; then
            say "Preparing the gait kernels, once, about a minute ..."
        fi
        if "$venv/bin/python" -c 'from kinechain.gait.kernels.library import warm_up
warm_up(quiet=True)'; then
            printf '%s\n' "$print" >"$venv/.kernels"
        else
            say "They could not be prepared (see above); the first gait command tries again."
        fi
    fi
esac
