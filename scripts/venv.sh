#!/usr/bin/env bash
# venv.sh native|bench|dev: make .venv hold requirements/NAME.txt and this project; quick when it does already.
set -euo pipefail
cd "$(dirname "$0")/.."

name=$1
stamp=.venv/.has-$name
python=.venv/bin/python

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 69; }

find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$candidate"; return
    fi
  done
  die 'Python 3.11 to 3.13 is needed. Install it: apt-get install python3 python3-venv'
}

install_ensurepip() {  # Debian keeps it in a package of its own
  local advice='Python cannot make virtual environments here. Install: apt-get install python3-venv'
  local root=()
  command -v apt-get >/dev/null || die "$advice"
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "$advice"
    root=(sudo -n)
  fi
  say "Python cannot make virtual environments here: installing Debian's python3-venv …"
  "${root[@]}" bash scripts/apt.sh python3-venv >/dev/null || die "$advice"
}

make_venv() {
  local base
  base=$(find_python)
  "$base" -c 'import ensurepip' 2>/dev/null || install_ensurepip
  say 'Making the virtual environment .venv …'
  "$base" -m venv --clear .venv
}

fresh() { [ -e "$stamp" ] && [ "$stamp" -nt "requirements/$name.txt" ] && [ "$stamp" -nt pyproject.toml ]; }

# What development needs includes what the native stack and the benchmark need.
if [ -e .venv/.has-dev ]; then name=dev; stamp=.venv/.has-dev; fi
"$python" -m pip --version >/dev/null 2>&1 || make_venv
if ! fresh; then
  say "Installing requirements/$name.txt into .venv …"
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$name.txt"
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --editable .
  touch "$stamp"
fi
