#!/bin/sh
# Makes .env from .env.example, with a random value for everything that is empty there.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
    echo ".env 已存在：不改动。 / .env is there already and stays as it is." >&2
    exit 1
fi
umask 077
while IFS= read -r line; do
    case $line in
        [A-Z]*=) echo "$line$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')" ;;
        *) echo "$line" ;;
    esac
done <.env.example >.env
echo "已写入 .env / written"
