#!/usr/bin/env bash
# Installs what is missing, builds Lancet and runs the first surgery on the bundled teaching model.
set -euo pipefail
cd "$(dirname "$0")/.."

Scripts/setup.sh
swift build -c release --product lancet
exec .build/release/lancet run examples/first-surgery.lancet
