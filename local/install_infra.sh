#!/usr/bin/env bash
# Installs what deploying to AWS and checking that needs, into .venv-infra: nothing that runs Patchbay looks at it.
# Skipped when it is there already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'install: %s\n' "$1" >&2
  exit 1
}

stamp=.venv-infra/.installed
wanted=$(sha256sum requirements-infra.lock)
if [ -x .venv-infra/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
  exit 0
fi
printf 'Installing the CDK and its checks into .venv-infra (some 800 MB)\n'
[ -x .venv-infra/bin/python ] || /usr/bin/python3 -m venv .venv-infra ||
  fail "/usr/bin/python3 -m venv .venv-infra failed: install python3-venv."
.venv-infra/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
  -r requirements-infra.lock ||
  fail "pip failed: check that pip reaches its package index, remove .venv-infra, then run this again."
printf '%s\n' "$wanted" >"$stamp"
