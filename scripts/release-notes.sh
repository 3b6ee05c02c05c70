#!/usr/bin/env bash
# Prints the section of a version in CHANGELOG.md of the current directory: scripts/release-notes.sh v1.2.3
set -euo pipefail

awk -v heading="## [${1#v}]" '
  /^## \[/ || /^\[[^]]+\]: / { inside = index($0, heading) == 1; next }
  inside { print }
' CHANGELOG.md
