#!/usr/bin/env bash
# node.sh: run a Docker engine in this container, which must not be confined (tests/faults/swarm_nodes.py).
set -euo pipefail
# The engine creates control groups, and configures its networks.
for mount in $(awk '$3 == "sysfs" || $3 ~ /^cgroup/ { print $2 }' /proc/mounts); do
  mount -o remount,bind,rw "$mount"
done
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  # A group of version 2 that has processes of its own cannot pass its controllers on to other groups.
  mkdir -p /sys/fs/cgroup/init
  xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs || true
  sed 's/[^ ]*/+&/g' /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
fi
exec dockerd --host unix:///var/run/docker.sock --host unix:///sockets/docker.sock
