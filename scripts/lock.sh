#!/bin/sh
# Makes the lock files anew: exact versions and hashes, one set for Python 3.11 to 3.13.
# Needs uv (pip install uv). Pass UPGRADE=1 to take newer versions.
set -eu
cd "$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)"
uv=${UV:-uv}
command -v "$uv" >/dev/null 2>&1 || {
    echo "make lock needs uv. Remedy: pip install uv (or pipx install uv); then make lock again." >&2
    exit 1
}
upgrade=""
[ -z "${UPGRADE:-}" ] || upgrade="--upgrade"
mkdir -p requirements

lock() { # name, then what to resolve
    name=$1
    shift
    # shellcheck disable=SC2086
    "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --only-binary :all: --no-emit-package kinechain \
        $upgrade "$@" --output-file "requirements/$name.txt"
    made="# Made by make lock: exact versions and hashes for Python 3.11 to 3.13. Do not edit."
    { echo "$made"; cat "requirements/$name.txt"; } >"requirements/$name.new"
    mv "requirements/$name.new" "requirements/$name.txt"
    echo "requirements/$name.txt: $(grep -c '==' "requirements/$name.txt") packages"
}

# The groups are installed into one environment: run first, and the others agree with it.
lock run pyproject.toml
lock build --group pyproject.toml:build --constraint requirements/run.txt
lock clinic pyproject.toml --extra clinic --extra postgres --constraint requirements/run.txt
lock test pyproject.toml --extra test --constraint requirements/clinic.txt
lock docs pyproject.toml --extra docs --constraint requirements/test.txt
lock lint pyproject.toml --extra lint --constraint requirements/test.txt
