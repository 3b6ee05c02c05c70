#!/usr/bin/env bash
# Prints what the CHANGELOG.md of this folder says of a version: scripts/release-notes.sh v1.2.3
set -euo pipefail

awk -v heading="## [${1#v}]" '
  /^## \[/ || /^\[[^]]+\]: / { inside = index($0, heading) == 1; next }
  inside { print }
' CHANGELOG.md
