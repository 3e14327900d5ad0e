#!/usr/bin/env bash
# stack.sh VERB: start, watch and stop the system, by Docker Compose or natively. `make help` lists the verbs.
set -euo pipefail
cd "$(dirname "$0")/.."

MODE=${MODE:-auto}
native_dir=${NATIVE_DIR:-.native}

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$1" >&2; exit "${2:-69}"; }  # die SENTENCE [EXIT-CODE]

help() {
  say 'make VERB, where VERB is one of'
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^([a-z-]+):.*\ \ \#\#\ (.*)$ ]]; then
      printf '  %-11s %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    fi
  done < "$1"
}

has_docker() { docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; }
compose_runs() { has_docker && [ -n "$(docker compose ps --quiet 2>/dev/null)" ]; }
native() { .venv/bin/python -m native "$@"; }

native_runs() {
  local pid command
  [ -r "$native_dir/supervisor.pid" ] && read -r pid < "$native_dir/supervisor.pid" || return 1
  command=$(tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline") || return 1
  [[ $command == *"native supervise"* ]]
}

get_images() { docker compose build && docker compose --profile tools pull --policy missing --ignore-buildable; }

up_native() { bash scripts/venv.sh native; native up; }

up_docker() {
  local scale=() running
  running=$(docker compose ps --quiet pipeline-processor 2>/dev/null | wc -l)
  # Without a number asked for, what was scaled before stays so.
  if [ -n "${PIPELINES:-}" ] || [ "$running" -gt 1 ]; then
    scale=(--scale "pipeline-processor=${PIPELINES:-$running}")
  fi
  docker compose up -d --build --wait "${scale[@]}"
  where_docker
  docker compose run --rm -T sensorctl summary --wait 60
}

where_docker() {
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
    && say 'summary        make summary;  how it does: make status' \
    && say 'logs           make logs, or docker logs -f sensor-python-1' \
    && say 'stop           make down' \
    && say ''
}

up_auto() {
  if native_runs; then up_native; return; fi
  if compose_runs; then up_docker; return; fi
  if ! has_docker; then
    say 'No Docker engine with Compose v2 answers here, so everything is started natively.'
    up_native
  elif ! get_images; then
    say "Docker is here, but its images cannot be had (see above), so everything is started natively."
    up_native
  else
    up_docker
  fi
}

up() {
  case $MODE in
    auto) up_auto ;;
    docker) has_docker || die 'MODE=docker: no Docker engine with Compose v2 answers here.'; up_docker ;;
    native) up_native ;;
    *) die "MODE is '$MODE': auto, docker and native are allowed." 78 ;;
  esac
}

down() {
  local found=no
  if native_runs || [ -e "$native_dir/supervisor.pid" ]; then found=yes; native down; fi
  if compose_runs; then found=yes; docker compose --profile '*' down; fi
  if [ "$found" = no ]; then say 'Nothing is running.'; fi
}

confirm() {
  if [ "${YES:-}" = 1 ]; then return; fi
  [ -t 0 ] || die 'This removes all readings. Say YES=1 to do so without a terminal: make clean YES=1' 1
  local answer
  read -r -p 'Remove all readings and messages? [y/N] ' answer
  [[ $answer == [yY]* ]] || die 'Nothing was removed.' 1
}

clean() {
  confirm
  if has_docker; then docker compose --profile '*' down --volumes; fi
  if [ -d "$native_dir" ] && [ -x .venv/bin/python ]; then native clean; fi
}

# Run the first command when the native stack runs, the second when Compose does.
whichever() {
  if native_runs; then eval "$1"
  elif compose_runs; then eval "$2"
  else die 'Nothing is running. Start it: make up'
  fi
}

case ${1:-help} in
  help) help "${2:-Makefile}" ;;
  up) up ;;
  down) down ;;
  clean) clean ;;
  logs) whichever 'native logs' 'docker compose logs -f --tail 20' ;;
  status) whichever '.venv/bin/sensorctl status' 'docker compose run --rm $([ -t 1 ] || echo -T) sensorctl status' ;;
  summary) whichever '.venv/bin/sensorctl summary' 'docker compose run --rm -T sensorctl summary' ;;
  psql) whichever 'native psql' 'docker compose exec $([ -t 0 ] || echo -T) postgres sh -c '\''exec psql -U "$POSTGRES_USER" "$POSTGRES_DB"'\' ;;
  *) die "unknown verb: $1" 64 ;;
esac
