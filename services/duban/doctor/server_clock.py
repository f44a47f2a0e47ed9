"""A server's clock beside ours."""

from __future__ import annotations

from duban.doctor.finding import Finding, good, wrong

MOST_APART_S = 60.0


def clock_of(where: str, server: float, begun: float, ended: float) -> Finding:
    """A server's time (seconds since 1970) against ours, taken between two moments of ours."""
    apart = server - (begun + ended) / 2
    doubt = (ended - begun) / 2 + 1  # servers tell whole seconds
    if abs(apart) - doubt > MOST_APART_S:
        side, en = ("快", "ahead of") if apart > 0 else ("慢", "behind")
        return wrong("clock", where, f"这台服务器的时钟比本机{side} {abs(apart):.0f} 秒：请校准。",
                     f"this server's clock is {abs(apart):.0f} s {en} ours: please set them.",
                     "timedatectl set-ntp true")  # fmt: skip
    return good("clock", where, f"与本机相差不到 {abs(apart) + doubt:.0f} 秒",
                f"within {abs(apart) + doubt:.0f} s of ours")  # fmt: skip
