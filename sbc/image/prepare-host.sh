#!/usr/bin/env bash
# Makes an EC2 instance the host of its node, at every boot, before the node starts: its network interface (with the
# addresses) and its volume (with the state) come to it, wherever they were, so that an instance may be replaced at any
# time. Debian 12 or Amazon Linux 2023, with the AWS CLI. /etc/patchbay/host.env says which they are:
#   REGION INTERFACE_ID VOLUME_ID NODE_ADDRESS SUBNET GATEWAY
#   MAPPED_ADDRESSES    private addresses of the interface that public ones are mapped to
#   PUBLIC_ADDRESSES    all public addresses of the SBC, this node's and those it may take over
#   PATCHBAY_PATIENCE_S how long the machine before may keep interface and volume: it drains first
set -euo pipefail
source "${PATCHBAY_HOST_ENV:-/etc/patchbay/host.env}"
state=/var/lib/patchbay
user_id=10600
table=200
patience_s=${PATCHBAY_PATIENCE_S:-900}
etc=${PATCHBAY_ETC:-/etc}

ask() {
  curl -sf --connect-timeout 2 --max-time 5 --retry 5 --retry-connrefused "$@"
}

metadata() {
  local token
  token=$(ask -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token)
  ask -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

# Until it succeeds: the instance before this one may still have what is wanted.
insist() {
  local deadline=$((SECONDS + patience_s))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || {
      printf 'prepare-host: gave up: %s\n' "$*" >&2
      return 1
    }
    sleep 5
  done
}

# Before the interface comes: systemd-networkd would ask for its address by DHCP, which brings a second way out of the
# host, by an address that the world can't answer. And whenever it starts anew, as after its own update, it removes
# routing rules that it doesn't know (networkd.conf(5), ManageForeignRoutingPolicyRules).
keep_networkd_off() {
  systemctl --quiet is-active systemd-networkd 2>/dev/null || return 0
  local mac network general
  mac=$(aws ec2 describe-network-interfaces --region "$REGION" --network-interface-ids "$INTERFACE_ID" \
    --query 'NetworkInterfaces[0].MacAddress' --output text) || return 1
  network=$(printf '[Match]\nMACAddress=%s\n\n[Link]\nUnmanaged=yes' "$mac")
  general=$(printf '[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no')
  mkdir -p "$etc/systemd/network" "$etc/systemd/networkd.conf.d"
  if [ "$(cat "$etc/systemd/network/05-patchbay.network" 2>/dev/null)" = "$network" ] &&
    [ "$(cat "$etc/systemd/networkd.conf.d/patchbay.conf" 2>/dev/null)" = "$general" ]; then return 0; fi
  printf '%s\n' "$network" >"$etc/systemd/network/05-patchbay.network"
  printf '%s\n' "$general" >"$etc/systemd/networkd.conf.d/patchbay.conf"
  systemctl restart systemd-networkd
}

attach_interface() {
  local at
  at=$(aws ec2 describe-network-interfaces --region "$REGION" --network-interface-ids "$INTERFACE_ID" \
    --query 'NetworkInterfaces[0].Attachment.InstanceId' --output text) || return 1
  [ "$at" = "$instance" ] || aws ec2 attach-network-interface --region "$REGION" --device-index 1 \
    --network-interface-id "$INTERFACE_ID" --instance-id "$instance" >/dev/null
}

attach_volume() {
  local at
  at=$(aws ec2 describe-volumes --region "$REGION" --volume-ids "$VOLUME_ID" \
    --query 'Volumes[0].Attachments[0].InstanceId' --output text) || return 1
  [ "$at" = "$instance" ] || aws ec2 attach-volume --region "$REGION" --device /dev/sdf --volume-id "$VOLUME_ID" \
    --instance-id "$instance" >/dev/null
}

# The names that udev gives to NVMe disks hold the volume's id.
find_disk() {
  disk=$(readlink -f "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID/-/}")
  [ -e "$disk" ]
}

find_device() {
  local mac
  for mac in $(metadata network/interfaces/macs/); do
    if [ "$(metadata "network/interfaces/macs/${mac}interface-id")" = "$INTERFACE_ID" ]; then
      device=$(ip -o link | awk -v mac="${mac%/}" -F': ' 'index($0, mac) { sub(/@.*/, "", $2); print $2; exit }')
      [ -n "$device" ] && return 0
    fi
  done
  return 1
}

# As a new volume reads: zeros. A disk that can't be read isn't.
is_empty() {
  local found
  found=$(head -c 1048576 "$1" | tr -d '\0' | wc -c) && [ "$found" = 0 ]
}

# Journal, registrations and keys: a volume whose file system is only not recognised, now, is never made anew.
mount_state() {
  mkdir -p "$state"
  if mountpoint -q "$state"; then return 0; fi
  if ! blkid "$disk" >/dev/null; then
    is_empty "$disk" || {
      printf 'prepare-host: %s is not empty, and has no file system that can be read: left as it is\n' "$disk" >&2
      return 1
    }
    mkfs.ext4 -q -L patchbay "$disk"
  fi
  mount -o noatime,nodev,nosuid,noexec "$disk" "$state"
}

make_directories() {
  mkdir -p /run/patchbay
  chown "$user_id:$user_id" "$state" /run/patchbay
  chmod 0750 "$state" /run/patchbay
}

# What comes in by the node's interface goes out by it; what has no address of the node, such as questions to the VPC's
# DNS, goes by the first interface as before, though both are in one subnet. MTU 1500: packets are rewritten one by one,
# and an ICMP message that asks for smaller ones would name an address that no socket has.
set_up_network() {
  ip link set "$device" mtu 1500 up
  ip address replace "$NODE_ADDRESS/${SUBNET#*/}" dev "$device" metric 2048
  local address
  for address in $MAPPED_ADDRESSES; do ip address replace "$address/32" dev "$device"; done
  ip route replace "$SUBNET" dev "$device" scope link table "$table"
  ip route replace default via "$GATEWAY" dev "$device" table "$table"
  for address in "$NODE_ADDRESS" $MAPPED_ADDRESSES $PUBLIC_ADDRESSES; do
    ip rule del from "$address" lookup "$table" 2>/dev/null || true
    ip rule add from "$address" lookup "$table"
  done
  # listening on addresses that a peer has now; answers by another interface than the first; ports below 1024 without root
  sysctl -q -w net.ipv4.ip_nonlocal_bind=1 net.ipv4.conf.all.rp_filter=2 "net.ipv4.conf.$device.rp_filter=2" \
    net.ipv4.ip_unprivileged_port_start=443 net.core.rmem_max=8388608
}

instance=$(metadata instance-id)
insist keep_networkd_off
insist attach_interface
insist attach_volume
insist find_disk
insist find_device
mount_state
make_directories
set_up_network
