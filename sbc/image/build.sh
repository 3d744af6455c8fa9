#!/usr/bin/env bash
# What is compiled or downloaded besides Debian's packages: the library that Kamailio is started with, and the Python
# packages of the hook. In an image this is a stage of its own, so that no compiler and no pip stay behind.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages python3 python3-venv gcc libc6-dev libsqlite3-0 ca-certificates
mkdir -p "$home/lib"
gcc -O2 -shared -fPIC -Wall -Werror -o "$home/lib/preload.so" \
  "$home/sbc/kamailio/sqlite_busy.c" "$home/sbc/kamailio/connection_limit.c" /usr/lib/x86_64-linux-gnu/libsqlite3.so.0
python3 -m venv "$home/venv"
"$home/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-compile \
  --only-binary :all: -r "$home/sbc/requirements.lock"
"$home/venv/bin/python" -m pip uninstall --quiet --yes setuptools pip
