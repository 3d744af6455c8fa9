#!/usr/bin/env bash
# Removes the data directory of this checkout's system, after making sure that nothing runs from it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
var=${PATCHBAY_VAR:-var}

if [ ! -e "$var" ]; then
  echo "Nothing to remove: $var does not exist."
  exit 0
fi
# The settings file marks a directory that Patchbay made; anything else is not ours to delete.
if [ ! -f "$var/settings.json" ]; then
  echo "reset: $var has no settings.json, so it isn't a Patchbay data directory. Nothing was removed." >&2
  exit 1
fi
# The runner holds this lock for as long as it lives; a lock can't go stale as a pid file can.
if [ -e "$var/run/lock" ] && ! flock --nonblock "$var/run/lock" true; then
  echo "reset: the system is running from $var. Stop it first (Ctrl-C, or make stop)." >&2
  exit 1
fi
rm -rf -- "$var"
echo "Removed $var."
