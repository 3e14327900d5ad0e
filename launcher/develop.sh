#!/usr/bin/env bash
# develop.sh test|test-unit|faults|bench|pictures|lint|fmt|lock: what one does to the code; `make help` explains. Needs venv.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

forget_settings() {  # The containers that tests start would take these for their own.
  local variable
  for variable in $(compgen -e); do
    case $variable in RABBITMQ_* | POSTGRES_*) unset "$variable" ;; esac
  done
}

need_browser() {  # For the dashboard's tests. Where it cannot be installed, they are skipped and say so.
  if command -v chromium >/dev/null || ! command -v apt-get >/dev/null; then return; fi
  local root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 0
    root=(sudo -n)
  fi
  echo "Chromium is not installed: installing Debian's, for the dashboard's tests …"
  "${root[@]}" bash launcher/apt.sh chromium >/dev/null || true
}

run_tests() {
  forget_settings
  need_browser
  export TESTCONTAINERS_RYUK_DISABLED=true
  # The whole suite runs in several workers and answers for the coverage, a part of it does not.
  [ $# -gt 0 ] || set -- --numprocesses=auto --cov-fail-under=95
  "$bin/python" -m pytest --cov --cov-report=term "$@"
}

run_unit_tests() {  # No server, no browser and no coverage: these are for each change.
  "$bin/python" -m pytest tests/unit --numprocesses=auto "$@"
}

run_faults() {
  forget_settings
  "$bin/python" -m tests.faults "$@"
}

run_bench() {
  forget_settings
  bash bench/peers/install.sh
  "$bin/python" -m bench "$@"
}

lint() {
  local failed=0
  "$bin/ruff" check . || failed=1
  "$bin/ruff" format --check . || failed=1
  "$bin/mypy" || failed=1
  "$bin/lint-imports" || failed=1
  return "$failed"
}

take_pictures() {
  need_browser
  "$bin/python" -m tests.pictures "$@"
}

compile() {  # compile NAME [OPTION...]
  local name=$1
  shift
  (cd "$(dirname "$name")" && "$python" -m uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-strip-extras --no-emit-index-url --no-header "$@" "${name##*/}.in" -o "${name##*/}.txt")
}

lock() {
  "$bin/python" -m pip install --quiet --disable-pip-version-check uv
  local name python=$PWD/$bin/python
  compile requirements/dev
  for name in bench native tools dashboard pipeline sensor; do compile "requirements/$name" --constraint dev.txt; done
  compile bench/peers/requirements
}

verb=$1
shift
case $verb in
  test) run_tests "$@" ;;
  test-unit) run_unit_tests "$@" ;;
  faults) run_faults "$@" ;;
  bench) run_bench "$@" ;;
  pictures) take_pictures "$@" ;;
  lint) lint ;;
  fmt) "$bin/ruff" format . && "$bin/ruff" check --fix . ;;
  lock) lock ;;
  *) echo "unknown verb: $verb" >&2; exit 64 ;;
esac
