#!/usr/bin/env bash
# install.sh: install the peers' packages into .bench-venv and, with Node.js, node_modules, unless they are installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

peers=benchmarks/peers
venv=.bench-venv
stamp=$venv/.has-peers

is_current() { [ -e "$1" ] && [ "$1" -nt "$2" ]; }

install_python() {
  is_current "$stamp" "$peers/requirements.txt" && return
  echo "Installing the peers' packages into $venv …"
  .venv/bin/python -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$peers/requirements.txt"
  touch "$stamp"
}

install_node() {
  local modules=$peers/node/node_modules
  is_current "$modules" "$peers/node/package.json" && return
  if ! command -v npm >/dev/null; then
    echo 'Node.js with npm is not installed: its peer is skipped.'
    return
  fi
  echo "Installing Node's packages into $modules …"
  if (cd "$peers/node" && npm install --no-package-lock --no-audit --no-fund --silent); then
    touch "$modules"
  else
    rm -rf "$modules"
    echo 'npm could not install the packages: the peer for Node.js is skipped.'
  fi
}

install_python
install_node
