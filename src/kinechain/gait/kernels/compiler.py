"""Compiles the kernels into one object file. Takes seconds; installation does it once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import llvmlite.binding as llvm
import numba
from numba import types
from numba.core import config

from kinechain.gait.kernels.entries import ENTRIES

# What the code may need from the process: mathematics and memory.
ALLOWED = re.compile(r"llvm\..*|sin|cos|tan|sqrt|pow|mem(set|cpy|move)|sincos")
# What only paths that are never taken call: errors of Python, and freeing of what Numba would
# have allocated. The library binds them to `abort`.
NEVER = re.compile(r"Py\w+|numba_\w+|NRT_\w+|_Py\w+")


class NotSelfContained(RuntimeError):
    """The machine code of a kernel needs something that only Numba offers at run time."""


def undefined(text: str) -> Iterator[str]:
    """Names that LLVM's text declares and does not define.

    Parameters
    ----------
    text
        A module's intermediate representation.
    """
    for match in re.finditer(r'^declare [^@]*@"?([\w.$]+)"?\(', text, re.MULTILINE):
        yield match[1]
    for match in re.finditer(r"^@(\w+) = external ", text, re.MULTILINE):
        yield match[1]


def target_machine() -> llvm.TargetMachine:
    """Code for this very processor, to be loaded into a running process."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
        jit=True,
    )


def compile_library() -> tuple[bytes, bytes]:
    """Compile every entry.

    Returns
    -------
    code, names
        An object file; and, as JSON, its symbol for each entry and the symbols never called.

    Raises
    ------
    NotSelfContained
        A kernel allocates, or calls what is not in every process.
    """
    config.DISABLE_INTEL_SVML = 1  # pyright: ignore[reportAttributeAccessIssue]
    signature = types.void(
        types.CPointer(types.int64),
        types.CPointer(types.CPointer(types.float64)),
        types.CPointer(types.CPointer(types.int64)),
    )
    names: dict[str, str] = {}
    never: set[str] = set()
    whole: llvm.ModuleRef | None = None
    for name, function in ENTRIES.items():
        made = numba.cfunc(signature, error_model="numpy")(function)
        text = made.inspect_llvm()
        for symbol in undefined(text):
            if NEVER.fullmatch(symbol):
                never.add(symbol)
            elif not ALLOWED.fullmatch(symbol):
                raise NotSelfContained(f"{name} needs {symbol}")
        if "NRT_MemInfo_alloc" in text:
            raise NotSelfContained(f"{name} allocates")
        names[name] = made.native_name
        module = llvm.parse_assembly(text)
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    assert whole is not None
    index = {"entries": names, "never": sorted(never)}
    return target_machine().emit_object(whole), json.dumps(index).encode()
