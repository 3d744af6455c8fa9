#!/usr/bin/env bash
# A whole node on a Debian 12 of its own, for those who want no containers: the steps of both images, then systemd units
# for the parts. The code must lie in /opt/patchbay, as the Dockerfiles put it there.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash "$home/sbc/image/build.sh"
bash "$home/sbc/image/install-sbc.sh"
bash "$home/sbc/image/install-rtpengine.sh"
bash "$home/sbc/image/finish.sh"
# what only build.sh needed
apt-get purge -y -q gcc libc6-dev python3-venv </dev/null
apt-get autoremove -y -q </dev/null
install -m 0644 "$home"/sbc/image/systemd/*.service /etc/systemd/system/
for part in kamailio addresses logs; do
  install -D -m 0644 "$home/sbc/image/systemd/$part.conf" "/etc/systemd/system/patchbay@$part.service.d/patchbay.conf"
done
# may hold the enrolment key
[ ! -e /etc/patchbay/node.env ] || chmod 0600 /etc/patchbay/node.env
# a journal on disk, where lines wait for patchbay@logs: Debian's is in memory without this directory
mkdir -p /var/log/journal
if [ -d /run/systemd/system ]; then
  systemd-tmpfiles --create --prefix /var/log/journal
  journalctl --flush
  systemctl daemon-reload
  systemctl enable --now patchbay@logs patchbay@rtpengine patchbay@hook patchbay@kamailio patchbay@certificates \
    patchbay@addresses
fi
