#!/usr/bin/env bash
# Installs what is missing, builds everything and passes all tests.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh
swift build -c release --build-tests --explicit-target-dependency-import-check error
swift test -c release --skip-build
