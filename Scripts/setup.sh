#!/usr/bin/env bash
# Installs what building Lancet needs and the machine lacks: libedit's headers and pkg-config. Swift itself must be there.
set -euo pipefail

if ! command -v swift >/dev/null; then
    echo "Lancet needs Swift 6.2 or later on PATH: see https://www.swift.org/install/linux/" >&2
    exit 1
fi
missing=()
[ -e /usr/include/histedit.h ] || missing+=(libedit-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)
if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq "${missing[@]}"
fi
