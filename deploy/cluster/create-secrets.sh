#!/bin/sh
# create-secrets.sh [FOLDER]: create the secrets of the cluster that do not exist yet, in deploy/cluster/secrets or in
# the folder that CLUSTER_SECRETS names for Compose.
#
# Compose mounts a secret with its owner and mode on the host, and containers read it as users of their own. So
# everybody may read the files, and only the owner may enter the folder.
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

create() {
  if [ -s "$folder/$1" ]; then return; fi
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$1"
  chmod 444 "$folder/$1"
  echo "created $folder/$1"
}

create erlang-cookie
create replication-password
create patroni-password
