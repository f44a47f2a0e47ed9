"""What a reading process gives up before it sees the first untrusted byte."""

from __future__ import annotations

import math
import os
import struct
import sys
import time

from duban.intake.job import Limits

try:
    import resource
except ImportError:  # not a POSIX system: only the clock on the wall holds there
    resource = None  # type: ignore[assignment]

# linux/seccomp.h, linux/filter.h, linux/audit.h, linux/prctl.h
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _PERMISSION_DENIED = 0x7FFF0000, 0x80000000, 0x00050001
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_FOREIGN_ABI = 0x40000000  # x32 system calls on x86-64
_IO_URING_SETUP, _EXECVEAT = 425, {"x86_64": 322, "aarch64": 281}
#: machine -> (audit architecture, numbers of socket and execve)
_MACHINES = {"x86_64": (0xC000003E, 41, 59), "aarch64": (0xC00000B7, 198, 221)}


def confine(limits: Limits) -> None:
    """Bound memory, forbid core files and writing, and on Linux sockets and new programs."""
    sys.dont_write_bytecode = True
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere the address space cannot be limited dependably
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        forbid_network()


def allow_processor_time(seconds: int) -> None:
    """From now on this process may use so many seconds of processor time, then it is ended."""
    if resource is None:
        return
    used = math.ceil(time.process_time())
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def forbid_network() -> bool:
    """Have the kernel refuse sockets and new programs from now on.

    Returns False where that cannot be done (another processor family, a kernel without seccomp):
    the limits still hold there, and the readers open no connection of their own.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        return False
    architecture, socket_call, execve = _MACHINES[machine]
    denied = (socket_call, execve, _EXECVEAT[machine], _IO_URING_SETUP)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, len(denied) + 1, 0, _FOREIGN_ABI),
        *((_JUMP_EQUAL, len(denied) - index, 0, call) for index, call in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _PERMISSION_DENIED),
    ]
    return _install(program)


def _install(program: list[tuple[int, int, int, int]]) -> bool:
    import ctypes  # the parent, which imports this module too, never needs it

    code = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: number of steps, padding, address of the first
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    )
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def close_everything_but(kept: int) -> None:
    """Close every other file of the parent; standard streams lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.closerange(3, kept)
    os.closerange(kept + 1, 65536)
