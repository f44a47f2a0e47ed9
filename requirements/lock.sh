#!/bin/sh
# Pins every dependency with hashes, for all supported Pythons. Needs uv (pip install uv).
set -eu
for target in demo dev server; do
    extras="--extra samples --extra build"
    [ "$target" = dev ] && extras="$extras --extra dev"
    [ "$target" = demo ] || extras="$extras --extra distributed --extra alerts"
    # shellcheck disable=SC2086 # the extras are several words on purpose
    uv pip compile pyproject.toml $extras --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
        --quiet --output-file "requirements/$target.lock"
done
