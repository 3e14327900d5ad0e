#!/usr/bin/env bash
# develop.sh test|faults|lint|fmt|lock: what one does to the code; `make help` explains. Needs venv.sh dev first.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

forget_settings() {  # The containers that tests start would take these for their own.
  local variable
  for variable in $(compgen -e); do
    case $variable in RABBITMQ_* | POSTGRES_*) unset "$variable" ;; esac
  done
}

run_tests() {
  forget_settings
  export TESTCONTAINERS_RYUK_DISABLED=true
  # The whole suite answers for the coverage, a part of it does not.
  [ $# -gt 0 ] || set -- --cov-fail-under=95
  "$bin/python" -m pytest --cov --cov-report=term "$@"
}

run_faults() {
  forget_settings
  "$bin/python" -m tests.faults "$@"
}

lint() {
  local failed=0
  "$bin/ruff" check . || failed=1
  "$bin/ruff" format --check . || failed=1
  "$bin/mypy" || failed=1
  "$bin/lint-imports" || failed=1
  return "$failed"
}

compile() {  # compile NAME [OPTION...]
  local name=$1
  shift
  (cd requirements && ../$bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header "$@" "$name.in" -o "$name.txt")
}

lock() {
  "$bin/python" -m pip install --quiet --disable-pip-version-check uv
  local name
  compile dev
  for name in native tools pipeline sensor; do compile "$name" --constraint dev.txt; done
}

verb=$1
shift
case $verb in
  test) run_tests "$@" ;;
  faults) run_faults "$@" ;;
  lint) lint ;;
  fmt) "$bin/ruff" format . && "$bin/ruff" check --fix . ;;
  lock) lock ;;
  *) echo "unknown verb: $verb" >&2; exit 64 ;;
esac
