"""Loads the kernels' machine code and calls it; compiles it first where that was never done.

The compiler (Numba) takes half a second to import and half a second more to find its own cache.
A short recording takes a tenth of that. So the machine code is kept as an object file, and an
ordinary run loads it with llvmlite alone. Loading checks that the file belongs to this source
text, this processor and this LLVM.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm

from kinechain.gait.kernels.arguments import Arguments

HERE = Path(__file__).parent
NOT_IN_IT = {"library.py", "arguments.py", "__init__.py"}
PREPARING = "Preparing the gait kernels, once, about a minute ..."
NOT_KEPT = (
    "No folder can be written, so the next run prepares them again. Remedy: make {} writable, or "
    "set XDG_CACHE_HOME to a folder that is."
)


class Library(NamedTuple):
    """Machine code in memory.

    Attributes
    ----------
    entries
        The functions by name.
    engine
        What keeps the code alive.
    """

    entries: dict[str, Callable[[Any, Any, Any], None]]
    engine: llvm.ExecutionEngine


def fingerprint() -> str:
    """Sixteen hexadecimal digits of the kernels' text, LLVM and the processor."""
    state = hashlib.sha256()
    for path in sorted(one for one in HERE.glob("*.py") if one.name not in NOT_IN_IT):
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    state.update(" ".join(map(str, llvm.llvm_version_info)).encode())
    state.update(llvm.get_host_cpu_name().encode())
    state.update(llvm.get_host_cpu_features().flatten().encode())
    return state.hexdigest()[:16]


def folders() -> tuple[Path, ...]:
    """Where the library may lie: beside the kernels, or in the user's cache."""
    beside = HERE / "__pycache__"
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return (beside,)
    return beside, cache / "kinechain"


def _path(folder: Path) -> Path:
    return folder / f"kernels-{fingerprint()}.bin"


def find() -> tuple[bytes, bytes] | None:
    """The library for this source text and processor, if it was compiled before and is whole."""
    for folder in folders():
        try:
            path = _path(folder)
            if not _trusted(path):
                continue
            checksum, names, code = path.read_bytes().split(b"\n", 2)
        except (OSError, ValueError):
            continue
        if hashlib.sha256(names + code).hexdigest().encode() == checksum:
            return code, names
    return None


def _trusted(path: Path) -> bool:
    """Whether nobody else can have put machine code there."""
    state = path.stat()
    if not hasattr(os, "geteuid"):
        return True
    own = {0, os.geteuid(), HERE.stat().st_uid}
    return state.st_uid in own and not state.st_mode & 0o002


def keep(code: bytes, names: bytes) -> Path | None:
    """Keep a compiled library; the first folder that can be written takes it.

    Parameters
    ----------
    code, names
        As the compiler gives them.

    Returns
    -------
    Path or None
        The file; None where no folder can be written.
    """
    import tempfile

    checksum = hashlib.sha256(names + code).hexdigest().encode()
    for folder in folders():
        path = _path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: another process may be reading.
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(checksum + b"\n" + names + b"\n" + code)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except OSError:
            continue
        return path
    return None


def compiled_now(*, quiet: bool = False) -> tuple[bytes, bytes]:
    """Compile the library and keep it; where another process is at it, wait for that one.

    Parameters
    ----------
    quiet
        Say nothing on standard error of what takes so long.

    Returns
    -------
    code, names
        As the compiler gives them.
    """

    def say(text: str) -> None:
        if not quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    say(PREPARING)
    with _alone():
        found = find()
        if found is not None:
            return found
        from kinechain.gait.kernels.compiler import compile_library

        code, names = compile_library()
        if keep(code, names) is None:
            say(NOT_KEPT.format(folders()[-1]))
    return code, names


@contextmanager
def _alone() -> Generator[None]:
    """Let one process compile at a time; the system frees the lock when a process dies."""
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = _path(folder).with_suffix(".lock").open("w", encoding="utf-8")
        except OSError:
            continue
        with file:
            # Where files cannot be locked, two processes do the same work, and no harm is done.
            with suppress(ImportError, OSError):
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    yield


def warm_up(*, quiet: bool = False) -> Path | None:
    """Make sure that the library is compiled; installation calls this.

    Parameters
    ----------
    quiet
        As for `compiled_now`.

    Returns
    -------
    Path or None
        Where it lies; None where no folder can be written and every process compiles anew.
    """
    found = find()
    if found is None:
        compiled_now(quiet=quiet)
    for folder in folders():
        if _path(folder).exists():
            return _path(folder)
    return None


@cache
def library() -> Library:
    """The machine code in memory; loaded at the first call in a process."""
    code, names = find() or compiled_now()
    index = json.loads(names)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.load_library_permanently("")
    abort = ctypes.cast(ctypes.CDLL(None).abort, ctypes.c_void_p).value
    assert abort is not None
    for symbol in index["never"]:
        llvm.add_symbol(symbol, abort)
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    pointers = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
    kind = ctypes.CFUNCTYPE(None, *pointers)
    entries = {
        name: kind(engine.get_function_address(symbol)) for name, symbol in index["entries"].items()
    }
    return Library(entries, engine)


def call(name: str, given: Arguments) -> None:
    """Call an entry; it writes into the arrays that are its results.

    Parameters
    ----------
    name
        The entry.
    given
        Its arguments, in the entry's order.
    """
    sizes = (ctypes.c_int64 * len(given.sizes))(*given.sizes)
    reals = (ctypes.c_void_p * len(given.reals))(*(one.ctypes.data for one in given.reals))
    integers = (ctypes.c_void_p * max(len(given.integers), 1))(
        *(one.ctypes.data for one in given.integers)
    )
    library().entries[name](sizes, reals, integers)
