#!/usr/bin/env bash
# Installs what is missing, builds everything and passes all tests.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh
swift build -c release --build-tests --explicit-target-dependency-import-check error
# The terminal's tests wait for a screen to change; they run by themselves, so that heavy tests do not starve them.
swift test -c release --skip-build --filter TerminalTests
swift test -c release --skip-build --skip TerminalTests
