#!/usr/bin/env bash
# Refuses what the builder cannot see: machine paths, oversized files, traps on the way from a file to an error.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

complain() {
    echo "$1" >&2
    failed=1
}

# Sources stay small enough to be read in one sitting.
while read -r lines file; do
    if [ "$lines" -gt 600 ] && ! head -5 "$file" | grep -q "This file is long because"; then
        complain "$file has $lines lines; 600 need a reason at the top"
    fi
done < <(git ls-files 'Sources/*.swift' 'Sources/*.c' 'Sources/*.h' | xargs wc -l | grep -v ' total$')

# Nothing a file or a script holds may trap.
if git grep -nE 'try!|fatalError\(|as! ' -- 'Sources/*.swift'; then
    complain "the lines above can trap"
fi

# No tracked file is over 30 MB.
while read -r file; do
    if [ "$(stat -c %s "$file")" -gt 30000000 ]; then complain "$file is over 30 MB"; fi
done < <(git ls-files)

exit "$failed"
