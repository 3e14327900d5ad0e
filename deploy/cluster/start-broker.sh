#!/bin/bash
# Start a broker of the cluster: the entry point of its container.
set -eu

# Erlang accepts only a cookie that the broker's user owns and no other user reads; a secret of Compose keeps the owner
# and the mode of the file on the host.
install -m 400 /run/secrets/erlang-cookie /var/lib/rabbitmq/.erlang.cookie

# The first broker forms the cluster, and others without data join a broker that responds. Otherwise they would form a
# cluster of their own while the first one, which may have data, is still starting; it would never join them.
responds() { timeout 3 bash -c "exec 3<>/dev/tcp/$1/5672" 2>/dev/null; }
if [ "$HOSTNAME" != rabbitmq ] && [ ! -d "/var/lib/rabbitmq/mnesia/rabbit@$HOSTNAME" ]; then
  echo "waiting for a broker whose cluster this one joins"
  until responds rabbitmq || responds rabbitmq-2 || responds rabbitmq-3; do sleep 1; done
fi

exec docker-entrypoint.sh rabbitmq-server
