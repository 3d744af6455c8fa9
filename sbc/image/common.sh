# Sourced by the other scripts here. They make a node's software on Debian 12: in an image, by the Dockerfiles, or on an
# instance of its own, by cloud-init. Each may run again.
set -euo pipefail
home=/opt/patchbay
state=/var/lib/patchbay
run=/run/patchbay
# the same in every image and on the host, which share the state's files
user_id=10600

# The services that packages bring are never started: a node's programs are kept by sbc.node.
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 0755 /usr/sbin/policy-rc.d
  apt-get update -q
  apt-get install -y -q --no-install-recommends "$@" </dev/null
  rm -f /usr/sbin/policy-rc.d
  apt-get clean
  rm -rf /var/lib/apt/lists/*
  if command -v systemctl >/dev/null; then
    local unit
    for unit in kamailio rtpengine-daemon rtpengine-recording-daemon nftables certbot.timer; do
      systemctl --quiet disable "$unit" 2>/dev/null || true
    done
  fi
}

add_user() {
  getent group patchbay >/dev/null || groupadd --gid "$user_id" patchbay
  getent passwd patchbay >/dev/null ||
    useradd --uid "$user_id" --gid patchbay --home-dir "$state" --no-create-home --shell /usr/sbin/nologin patchbay
  install -d -m 0750 -o patchbay -g patchbay "$state" "$run"
}
