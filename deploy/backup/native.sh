#!/usr/bin/env bash
# native.sh run|base|list|check|restore [TIME]: backup.sh for the native stack, into BACKUP_DIR (.native/backup). See docs/operations/backup.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
stack=$(.venv/bin/python - <<'PYTHON'
import os
import shlex
from native.postgres import UNPRIVILEGED_USER
from native.settings import read_settings
from native.stack import Stack

stack = Stack(read_settings())
server = stack.postgres
variables = {"PGHOST": "127.0.0.1", "PGPORT": server.port, "PGUSER": server.user, "PGPASSWORD": server.password,
             "binaries": server.binaries, "data": server.data, "owner": UNPRIVILEGED_USER, "directory": stack.layout.directory}
for name, value in variables.items():
    print(f"{name}={shlex.quote(str(value))}")
for name, value in os.environ.items():  # those of `.env`, too
    if name.startswith("BACKUP_"):
        print(f"export {name}={shlex.quote(value)}")
PYTHON
)
eval "$stack"
export PGHOST PGPORT PGUSER PGPASSWORD PATH="$binaries:$PATH" BACKUP_DIR="${BACKUP_DIR:-$directory/backup}"
if [ "${1:-}" != restore ]; then exec deploy/backup/backup.sh "$@"; fi
if pg_isready --quiet; then echo 'The database runs. Stop the stack first: make down' >&2; exit 69; fi
deploy/backup/backup.sh restore "$data" "${@:2}"
# As root, the stack runs its database as this user.
if [ "$(id -u)" = 0 ]; then chown -R "$owner": "$data"; fi
