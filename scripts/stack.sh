#!/usr/bin/env bash
# stack.sh COMMAND: start, observe and stop the system, with Docker Compose or natively. `make help` lists the commands.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/ownership.sh
source scripts/compose.sh
# Without bytecode files, each of a dozen processes would compile the project again at each start.
unset PYTHONDONTWRITEBYTECODE

verb=${1:-help}
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
may_use_docker() { [ "$MODE" != native ] && has_docker && set_project; }

# What another checkout started ends the command.
compose_is_running() { may_use_docker && [ -n "$(docker compose ps --quiet 2>/dev/null)" ] && require_own_project; }
has_containers() { may_use_docker && [ -n "$(containers '{{.ID}}')" ] && require_own_project; }

require_own_project() {
  local other
  if other=$(other_checkout); then die "$(describe_other "$other")" 1; fi
  return 0
}

describe_other() {
  say "The Compose project $project belongs to the checkout $1, not to this one, $PWD."
  if [ "$verb" = up ]; then
    say 'Nothing was started: both would use the same containers and volumes.'
    say "Remove it there with: make -C '$1' clean"
    say 'Or start this checkout without Docker and with other ports (see .env.example): make up MODE=native'
  else
    say "Nothing was changed. Run it there: make -C '$1' $verb"
  fi
}
native() { restore_venv; .venv/bin/python -m native "$@"; }

# The environment of a stack that runs may have been deleted.
restore_venv() { [ -x .venv/bin/python ] || bash scripts/venv.sh native; }

native_is_running() {
  local pid command
  [ "$MODE" != docker ] || return 1
  [ -r "$native_dir/supervisor.pid" ] && read -r pid < "$native_dir/supervisor.pid" || return 1
  command=$(tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline") || return 1
  [[ $command == *"native supervise"* ]]
}

# Its supervisor ended without stopping it, as after a kill or a restart of the machine.
native_was_killed() { [ "$MODE" != docker ] && [ -e "$native_dir/supervisor.pid" ] && ! native_is_running; }

up_native() { bash scripts/venv.sh native; native up; }

up_auto() {
  # A stack that was killed goes on with its data, unless Docker runs one since; the subshell keeps an `exit` inside.
  if native_is_running || { native_was_killed && ! (compose_is_running) 2>/dev/null; }; then up_native; return; fi
  if ! may_use_docker; then
    say 'No Docker engine with Compose v2 is available: starting the system natively.'
    up_native
    return
  fi
  require_own_project
  require_known_profiles
  if compose_is_running || fetch_images; then
    up_docker
  else
    say 'Docker is available, but its images could not be built or pulled (see above): starting the system natively.'
    up_native
  fi
}

up() {
  case $MODE in
    auto) up_auto ;;
    docker)
      may_use_docker || die 'MODE=docker: no Docker engine with Compose v2 is available.'
      require_own_project
      require_known_profiles
      up_docker ;;
    native) up_native ;;
  esac
}

down() {
  local found=no
  if native_is_running || native_was_killed; then
    found=yes
    native down
  fi
  if has_containers; then found=yes; compose_down; fi
  if [ "$found" = no ]; then say 'The system is not running.'; fi
}

confirm() {
  if [ "${YES:-}" = 1 ]; then return; fi
  [ -t 0 ] || die 'Nothing was deleted. Without a terminal, confirm it with YES=1: make clean YES=1' 1
  local answer
  read -r -p 'Delete all of this? [y/N] ' answer
  [[ $answer == [yY]* ]] || die 'Nothing was deleted.' 1
}

# Add what this checkout started to `targets`, and the reasons why something is kept to `kept`.
find_targets() {
  local other
  if [ "$MODE" != docker ] && [ -d "$native_dir" ]; then targets+=(native); fi
  may_use_docker || return 0
  if [ -z "$(folders; volumes '{{.Name}}')" ]; then return; fi
  if other=$(other_checkout); then
    kept=$(describe_other "$other")
  elif is_ours; then
    targets+=(compose)
  else
    kept="Nothing says which checkout these volumes of the Compose project $project belong to, so they are kept:
$(volumes '{{.Name}}' | sed 's/^/  /')
Delete them with: docker compose --profile '*' down --volumes"
  fi
}

clean() {
  local targets=() kept='' target
  find_targets
  for target in ${targets[@]+"${targets[@]}"}; do
    case $target in
      native) say "The native stack and its data: $(realpath "$native_dir")" ;;
      compose)
        say "The containers and volumes of the Compose project $project:"
        { containers 'container {{.Names}}'; volumes 'volume {{.Name}}'; } | sed 's/^/  /' ;;
    esac
  done
  if [ ${#targets[@]} -eq 0 ]; then
    [ -z "$kept" ] || die "$kept" 1
    say 'There is nothing to delete.'
    return
  fi
  confirm
  for target in ${targets[@]+"${targets[@]}"}; do
    case $target in
      native) bash scripts/venv.sh native; native clean ;;
      compose) compose_down --volumes ;;
    esac
  done
  [ -z "$kept" ] || say "$kept" >&2
}

# Run the first command when the native stack runs, the second when Compose does.
in_running_mode() {
  if native_is_running; then restore_venv; eval "$1"
  elif compose_is_running; then eval "$2"
  elif native_was_killed; then die 'The supervisor of the native stack has ended without a request to stop: it was
killed, or the machine was restarted. Start the stack again: make up. Or stop its remaining processes: make down'
  else die 'The system is not running. Start it: make up'
  fi
}

case $MODE in auto | docker | native) ;; *) die "MODE is '$MODE': must be auto, docker or native." 78 ;; esac
case $verb in
  help) help "${2:-Makefile}" ;;
  up) up ;;
  down) down ;;
  clean) clean ;;
  logs) in_running_mode 'native logs' 'docker compose logs -f --tail 20' ;;
  status) in_running_mode '.venv/bin/python -m sensorctl status' 'docker compose run --rm $([ -t 1 ] || echo -T) sensorctl status' ;;
  summary) in_running_mode '.venv/bin/python -m sensorctl summary' 'docker compose run --rm -T sensorctl summary' ;;
  psql) in_running_mode 'native psql' 'docker compose exec $([ -t 0 ] || echo -T) "$(database_service)" sh -c '\''exec psql -U "$POSTGRES_USER" "$POSTGRES_DB"'\' ;;
  *) die "unknown command: $1" 64 ;;
esac
