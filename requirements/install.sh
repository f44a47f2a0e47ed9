#!/bin/sh
# install.sh PYTHON VENV LOCK: makes a virtual environment from a lock file with hashes.
set -eu
python=$1 venv=$2 lock=$3

if ! command -v "$python" >/dev/null 2>&1; then
    echo "缺少 Python：请安装 3.11 或更新版本（Debian/Ubuntu：apt install python3 python3-venv）。" >&2
    exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) 太旧：需要 3.11 或更新版本；可用 make PYTHON=python3.12 指定。" >&2
    exit 2
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "缺少 venv：请运行 apt install python3-venv（或所用系统的对应软件包）。" >&2
    exit 2
fi
rm -rf "$venv"
echo "正在安装到 $venv（首次约一分钟）…"
"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch "$venv/.installed"
