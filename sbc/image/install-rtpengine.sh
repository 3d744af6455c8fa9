#!/usr/bin/env bash
# Debian's rtpengine, which forwards in userspace: no kernel module.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages python3 rtpengine-daemon
add_user
