#!/bin/bash
# Start a broker of the cluster: the entry point of its container.
set -eu

# Erlang accepts only a cookie that the broker's user owns and no other user reads; a secret of Compose keeps the owner
# and the mode of the file on the host.
install -m 400 /run/secrets/erlang-cookie /var/lib/rabbitmq/.erlang.cookie

responds() { timeout 3 bash -c "exec 3<>/dev/tcp/$1/5672" 2>/dev/null; }
find_other() {
  local broker
  for broker in rabbitmq rabbitmq-2 rabbitmq-3; do
    if [ "$broker" != "$HOSTNAME" ] && responds "$broker"; then echo "$broker"; return; fi
  done
}

if [ ! -d "/var/lib/rabbitmq/mnesia/rabbit@$HOSTNAME" ]; then
  other=$(find_other)
  # The first broker forms the cluster, and others without data join a broker that responds. Otherwise they would form a
  # cluster of their own while the first one, which may have data, is still starting; it would never join them.
  if [ "$HOSTNAME" != rabbitmq ] && [ -z "$other" ]; then
    echo "waiting for a broker whose cluster this one joins"
    until [ -n "$other" ]; do sleep 1; other=$(find_other); done
  fi
  # The others may know this broker by data that were lost, and would not let it join as a new one. In a new cluster they
  # do not know it, which is an error here.
  if [ -n "$other" ]; then rabbitmqctl --node "rabbit@$other" forget_cluster_node "rabbit@$HOSTNAME" || true; fi
fi

exec docker-entrypoint.sh rabbitmq-server
