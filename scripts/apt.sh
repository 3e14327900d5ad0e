#!/usr/bin/env bash
# apt.sh PACKAGE...: install Debian packages as root without starting or enabling their services.
set -euo pipefail
umask 022  # what packages install is for all users

policy=/usr/sbin/policy-rc.d      # every package runs it before it starts a service; see policy-rc.d(8)
backup=$policy.kept-by-sensors
units=(rabbitmq-server.service epmd.service epmd.socket)

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

forbid_services() {
  if [ ! -e "$backup" ] && [ -e "$policy" ]; then mv "$policy" "$backup"; fi
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
}

restore_policy() {
  rm -f "$policy"
  if [ -e "$backup" ]; then mv "$backup" "$policy"; fi
}

disable() {  # the unit files of packages that were not installed before
  local unit
  for unit in "${units[@]}"; do
    if [ "$unit" != rabbitmq-server.service ] && [ "$had_erlang" = yes ]; then continue; fi
    # The helper works without systemd too, but requires this variable, which dpkg sets for a package's scripts.
    DPKG_MAINTSCRIPT_PACKAGE=rabbitmq-server deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true
    if [ -d /run/systemd/system ]; then systemctl disable --now "$unit" >/dev/null 2>&1 || true; fi
  done
  update-rc.d rabbitmq-server disable >/dev/null 2>&1 || true
}

quietly() {  # show the output of a command only if it fails
  local output
  output=$("$@" 2>&1 < /dev/null) || { printf '%s\n' "$output" "$1 $2 failed." >&2; return 1; }
}

had_erlang=no; installed erlang-base && had_erlang=yes
had_rabbitmq=no; installed rabbitmq-server && had_rabbitmq=yes
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
trap restore_policy EXIT
forbid_services
quietly apt-get update -q
quietly apt-get install -y -q --no-install-recommends "$@"
if [ "$had_rabbitmq" = no ] && installed rabbitmq-server; then disable; fi
