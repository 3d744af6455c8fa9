#!/usr/bin/env bash
# The code is in its place: compiled once, since nobody who runs it may write there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

python3 -m compileall -q --invalidation-mode unchecked-hash "$home"
chmod -R go=u-w "$home"
