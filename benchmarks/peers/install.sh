#!/usr/bin/env bash
# install.sh: give the peers what they need: .bench-venv, and node_modules where Node.js is. Quick when they have it.
set -euo pipefail
cd "$(dirname "$0")/../.."

peers=benchmarks/peers
venv=.bench-venv
stamp=$venv/.has-peers

fresh() { [ -e "$1" ] && [ "$1" -nt "$2" ]; }

install_python() {
  fresh "$stamp" "$peers/requirements.txt" && return
  echo "Installing the peers' packages into $venv …"
  .venv/bin/python -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$peers/requirements.txt"
  touch "$stamp"
}

install_node() {
  local modules=$peers/node/node_modules
  fresh "$modules" "$peers/node/package.json" && return
  if ! command -v npm >/dev/null; then
    echo 'There is no Node.js with npm here, so its peer is left out.'
    return
  fi
  echo "Installing Node's packages into $modules …"
  if (cd "$peers/node" && npm install --no-package-lock --no-audit --no-fund --silent); then
    touch "$modules"
  else
    rm -rf "$modules"
    echo 'npm cannot have its packages, so its peer is left out.'
  fi
}

install_python
install_node
