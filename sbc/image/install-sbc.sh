#!/usr/bin/env bash
# Debian's packages of Kamailio, the hook and what keeps the node's addresses and certificate.
# netbase: without /etc/protocols Kamailio leaves TCP connections with the kernel's defaults.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages python3 ca-certificates netbase nftables iproute2 \
  kamailio kamailio-extra-modules kamailio-utils-modules kamailio-sqlite-modules kamailio-tls-modules \
  kamailio-websocket-modules kamailio-json-modules certbot python3-certbot-dns-route53
add_user
