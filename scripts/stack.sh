#!/usr/bin/env bash
# stack.sh COMMAND: start, observe and stop the system, with Docker Compose or natively. `make help` lists the commands.
set -euo pipefail
cd "$(dirname "$0")/.."

MODE=${MODE:-auto}
native_dir=${NATIVE_DIR:-.native}

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$1" >&2; exit "${2:-69}"; }  # die MESSAGE [EXIT-CODE]

help() {
  say 'make TARGET, where TARGET is one of'
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^([a-z-]+):.*\ \ \#\#\ (.*)$ ]]; then
      printf '  %-11s %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    fi
  done < "$1"
}

has_docker() { docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; }
compose_is_running() { has_docker && [ -n "$(docker compose ps --quiet 2>/dev/null)" ]; }
native() { .venv/bin/python -m native "$@"; }

native_is_running() {
  local pid command
  [ -r "$native_dir/supervisor.pid" ] && read -r pid < "$native_dir/supervisor.pid" || return 1
  command=$(tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline") || return 1
  [[ $command == *"native supervise"* ]]
}

fetch_images() { docker compose build && docker compose --profile tools pull --policy missing --ignore-buildable; }

up_native() { bash scripts/venv.sh native; native up; }

up_docker() {
  local scale=() running
  running=$(docker compose ps --quiet pipeline-processor 2>/dev/null | wc -l)
  # Unless PIPELINES is set, a previous scale is kept.
  if [ -n "${PIPELINES:-}" ] || [ "$running" -gt 1 ]; then
    scale=(--scale "pipeline-processor=${PIPELINES:-$running}")
  fi
  docker compose up -d --build --wait "${scale[@]}"
  print_addresses
  docker compose run --rm -T sensorctl summary --wait 60
}

print_addresses() {
  local dashboard ui amqp mqtt prometheus
  dashboard=$(docker compose port dashboard 8085)
  ui=$(docker compose port rabbitmq 15672)
  amqp=$(docker compose port rabbitmq 5672)
  mqtt=$(docker compose port rabbitmq 1883)
  prometheus=$(docker compose --profile '*' port prometheus 9090 2>/dev/null) || prometheus=
  say ''
  docker compose ps --format 'table {{.Name}}\t{{.Status}}'
  say '' \
    && say "dashboard      http://$dashboard" \
    && say "management UI  http://$ui  (user ${RABBITMQ_USER:-sensors}, password in .env, or sensors)" \
    && say "AMQP           amqp://$amqp" \
    && say "MQTT           $mqtt, topics sensors/<id>/temperature" \
    && { [ -z "$prometheus" ] || say "Prometheus     http://$prometheus"; } \
    && say "PostgreSQL     $(docker compose port postgres 5432);  make psql" \
    && say 'summary        make summary' \
    && say 'status         make status' \
    && say 'logs           make logs, or docker logs -f sensor-python-1' \
    && say 'stop           make down' \
    && say ''
}

up_auto() {
  if native_is_running; then up_native; return; fi
  if compose_is_running; then up_docker; return; fi
  if ! has_docker; then
    say 'No Docker engine with Compose v2 is available: starting the system natively.'
    up_native
  elif ! fetch_images; then
    say 'Docker is available, but its images could not be built or pulled (see above): starting the system natively.'
    up_native
  else
    up_docker
  fi
}

up() {
  case $MODE in
    auto) up_auto ;;
    docker) has_docker || die 'MODE=docker: no Docker engine with Compose v2 is available.'; up_docker ;;
    native) up_native ;;
    *) die "MODE is '$MODE': must be auto, docker or native." 78 ;;
  esac
}

down() {
  local found=no
  if native_is_running || [ -e "$native_dir/supervisor.pid" ]; then found=yes; native down; fi
  if compose_is_running; then found=yes; docker compose --profile '*' down; fi
  if [ "$found" = no ]; then say 'The system is not running.'; fi
}

confirm() {
  if [ "${YES:-}" = 1 ]; then return; fi
  [ -t 0 ] || die 'This deletes all readings. Without a terminal, confirm it with YES=1: make clean YES=1' 1
  local answer
  read -r -p 'Delete all readings and messages? [y/N] ' answer
  [[ $answer == [yY]* ]] || die 'Nothing was deleted.' 1
}

clean() {
  confirm
  if has_docker; then docker compose --profile '*' down --volumes; fi
  if [ -d "$native_dir" ] && [ -x .venv/bin/python ]; then native clean; fi
}

# Run the first command when the native stack runs, the second when Compose does.
in_running_mode() {
  if native_is_running; then eval "$1"
  elif compose_is_running; then eval "$2"
  else die 'The system is not running. Start it: make up'
  fi
}

case ${1:-help} in
  help) help "${2:-Makefile}" ;;
  up) up ;;
  down) down ;;
  clean) clean ;;
  logs) in_running_mode 'native logs' 'docker compose logs -f --tail 20' ;;
  status) in_running_mode '.venv/bin/sensorctl status' 'docker compose run --rm $([ -t 1 ] || echo -T) sensorctl status' ;;
  summary) in_running_mode '.venv/bin/sensorctl summary' 'docker compose run --rm -T sensorctl summary' ;;
  psql) in_running_mode 'native psql' 'docker compose exec $([ -t 0 ] || echo -T) postgres sh -c '\''exec psql -U "$POSTGRES_USER" "$POSTGRES_DB"'\' ;;
  *) die "unknown command: $1" 64 ;;
esac
