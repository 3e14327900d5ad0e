#!/usr/bin/env bash
# venv.sh native|reporter|webdav|docs|bench|evaluation|load|dev: install requirements/NAME.txt and this project into .venv, unless they are installed.
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
  die 'Python 3.11 to 3.13 is required. Install it: apt-get install python3 python3-venv'
}

install_ensurepip() {  # Debian has it in a separate package
  local hint='This Python cannot create virtual environments. Run: apt-get install python3-venv'
  local root=()
  command -v apt-get >/dev/null || die "$hint"
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "$hint"
    root=(sudo -n)
  fi
  say "This Python cannot create virtual environments: installing Debian's python3-venv …"
  "${root[@]}" bash scripts/apt.sh python3-venv >/dev/null || die "$hint"
}

create_venv() {
  local base
  base=$(find_python)
  "$base" -c 'import ensurepip' 2>/dev/null || install_ensurepip
  say 'Creating the virtual environment .venv …'
  "$base" -m venv --clear .venv
}

pip_install() { "$python" -m pip install --quiet --disable-pip-version-check "$@"; }
uv_install() { "$python" -m uv pip install --quiet --python "$python" "$@"; }

install_with() { "$1" --require-hashes -r "requirements/$name.txt" && "$1" --no-deps --editable .; }

install_project() {
  # For the many packages of development, uv needs a sixth of pip's time. It does not read pip's configuration: where
  # that names the package index, pip installs them.
  if [ "$name" = dev ] && pip_install --require-hashes -r requirements/uv.txt; then
    if install_with uv_install; then return; fi
    say 'uv could not install them: trying pip …'
  fi
  install_with pip_install
}

# The commands in a virtual environment have its path, and that of the checkout.
is_moved() {
  [ -e .venv/bin/sensorctl ] && ! grep -qF -e "$PWD/.venv/bin/" -e "$(pwd -P)/.venv/bin/" .venv/bin/sensorctl
}

is_current() { [ -e "$stamp" ] && [ "$stamp" -nt "requirements/$name.txt" ] && [ "$stamp" -nt pyproject.toml ]; }

# The development requirements include all others.
if [ -e .venv/.has-dev ]; then name=dev; stamp=.venv/.has-dev; fi
if is_moved || ! "$python" -m pip --version >/dev/null 2>&1; then create_venv; fi
if ! is_current; then
  say "Installing requirements/$name.txt into .venv …"
  install_project
  touch "$stamp"
fi
