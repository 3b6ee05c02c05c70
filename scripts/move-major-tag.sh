#!/usr/bin/env bash
# Moves the tag of the major version, such as v1, to the commit of a version, unless there is a newer version:
# scripts/move-major-tag.sh v1.2.3 <commit>
set -euo pipefail

version="$1"
commit="$2"
major="${version%%.*}"
newest="$(git tag --list "$major.*" --sort=-version:refname | grep -Ex 'v[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)"
if [ "$newest" = "$version" ]; then
  git push --force origin "$commit:refs/tags/$major"
else
  echo "The tag $major is not moved: $newest is newer than $version."
fi
