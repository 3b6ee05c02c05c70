#!/usr/bin/env bash
# Moves the tag of the major version to a commit, unless a newer version has it:
# scripts/move-major-tag.sh v1.2.3 <commit>
set -euo pipefail

version="$1"
commit="$2"
major="${version%%.*}"
newest="$(git tag --list "$major.*" --sort=-version:refname | grep -Ex 'v[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)"
if [ "$newest" = "$version" ]; then
  git push --force origin "$commit:refs/tags/$major"
else
  echo "$major stays where it is: $newest is newer than $version."
fi
