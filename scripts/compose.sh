# compose.sh: how the system is built, started and stopped with Docker Compose. Sourced by stack.sh.
# shellcheck shell=bash

# Compose builds an image once for each service that has it, each time with a label of its own, and names the last one:
# with any other, the next `docker compose up -d` would recreate containers that nothing has changed.
build_images() { docker compose build $(one_service_per_image <<< "$config"); }

one_service_per_image() {
  awk '/^[^ ]/ { in_services = $1 == "services:" }
    in_services && /^  [^ ]/ { service = $1; sub(":$", "", service); is_built = 0 }
    in_services && /^    build:/ { is_built = 1 }
    in_services && /^    image:/ && is_built && !named[$2]++ { print service }'
}

fetch_images() { build_images && docker compose --profile tools pull --policy missing --ignore-buildable; }

# What containers mount of this checkout, and read as users of their own. If it was made with a strict umask, they could not.
mounts=(deploy/rabbitmq deploy/prometheus deploy/grafana sensor/samples
  deploy/cluster/rabbitmq.conf deploy/cluster/start-broker.sh deploy/cluster/prometheus)

make_mounts_readable() {
  find "${mounts[@]}" ! -perm -444 -exec chmod a+rX {} + ||
    die 'These files must be readable for all users, since containers read them as users of their own.' 1
}

# Compose ignores the name of a profile that no service has, so that a mistake would go unnoticed.
require_known_profiles() {
  local enabled known profile
  enabled=$(sed -n 's/^x-profiles: //p' <<< "$config" | tr -d "'\"")
  known=$(docker compose config --profiles | grep -vx tools | sort | paste -sd ' ')
  while IFS=' ' read -r -d , profile; do
    case " $known * tools " in *" $profile "*) continue ;; esac
    if [ "$profile" = scaler ]; then
      say 'The profile scaler does nothing with Docker Compose: see docs/guides/autoscaling.md.' >&2
      continue
    fi
    die "COMPOSE_PROFILES is '$enabled', but there is no profile '$profile'. Choose from these, separated by
commas: $known" 78
  done <<< "${enabled:+$enabled,}"
}

up_docker() {
  local scale=() running
  make_mounts_readable
  create_volumes
  running=$(docker compose ps --quiet pipeline-processor 2>/dev/null | wc -l)
  # Unless PIPELINES is set, a previous scale is kept.
  if [ -n "${PIPELINES:-}" ] || [ "$running" -gt 1 ]; then
    scale=(--scale "pipeline-processor=${PIPELINES:-$running}")
  fi
  build_images
  docker compose up -d --wait ${scale[@]+"${scale[@]}"} || explain_failure
  print_addresses
  docker compose run --rm -T sensorctl summary --wait 60
  name_disabled_services
}

# Compose leaves what a profile has started as it is once that is disabled: with its former settings and version.
name_disabled_services() {
  local disabled
  disabled=$(comm -23 <(docker compose --profile '*' ps --services | sort) <(docker compose config --services | sort) |
    paste -sd ' ')
  [ -z "$disabled" ] || say "These services run with their former settings, because no profile that is enabled has them: $disabled
Add their profile to COMPOSE_PROFILES, or stop them: docker compose --profile '*' rm --stop --force $disabled" >&2
}

# Compose says that setup or another service failed, but not why.
explain_failure() {
  local exit_code service
  exit_code=$(docker compose ps --all --format '{{.ExitCode}}' setup 2>/dev/null)
  if [ "${exit_code:-0}" = 0 ]; then
    for service in $(docker compose ps --services --status restarting 2>/dev/null); do
      say "$service exits again and again. Its last lines:" >&2
      docker compose logs --no-log-prefix --tail 3 "$service" >&2
    done
    die 'Not everything started (see above). `make logs` and `make status` say why.' 1
  fi
  say "setup ended with exit code $exit_code. Its last lines:" >&2
  docker compose logs --no-log-prefix --tail 3 setup >&2
  die 'If it is the password of RABBITMQ_USER or POSTGRES_USER: it is the one with which the volumes were created, whatever
.env says now. Use that one, or change it as "Changing passwords" in docs/operations/security.md says.' 1
}

print_addresses() {
  local dashboard ui amqp mqtt prometheus webdav user
  user=$(docker compose exec -T rabbitmq printenv RABBITMQ_DEFAULT_USER)
  dashboard=$(docker compose port dashboard 8085)
  ui=$(docker compose port rabbitmq 15672)
  amqp=$(docker compose port rabbitmq 5672)
  mqtt=$(docker compose port rabbitmq 1883)
  prometheus=$(docker compose --profile '*' port prometheus 9090 2>/dev/null) || prometheus=
  webdav=$(docker compose --profile '*' port webdav 8087 2>/dev/null) || webdav=
  say ''
  docker compose ps --format 'table {{.Name}}\t{{.Status}}'
  say '' \
    && say "dashboard      http://$dashboard" \
    && say "management UI  http://$ui  (user $user, password RABBITMQ_PASS in .env, or sensors)" \
    && say "AMQP           amqp://$amqp" \
    && say "MQTT           $mqtt, topics sensors/<id>/temperature" \
    && { [ -z "$webdav" ] || say "WebDAV         http://$webdav  (WEBDAV_USER and WEBDAV_PASSWORD in .env, or sensors)"; } \
    && { [ -z "$prometheus" ] || say "Prometheus     http://$prometheus"; } \
    && say "PostgreSQL     $(docker compose port postgres 5432);  make psql" \
    && say 'summary        make summary' \
    && say 'status         make status' \
    && say 'logs           make logs, or docker logs -f sensor-python-1' \
    && say 'stop           make down' \
    && say ''
}

# Compose leaves what `docker compose run` started, such as a sensor of the guide: it would publish on after the next start.
compose_down() {
  local runs
  runs=$(run_containers)
  if [ -n "$runs" ]; then
    docker stop $runs
    docker rm $runs 2>/dev/null || : # one with --rm is gone
  fi
  docker compose --profile '*' down "$@"
}

# Print the service of the database: in a cluster, of the member that accepts writes.
database_service() {
  local members=() member is_standby
  while read -r member; do members+=("$member"); done < <(
    docker compose ps --services --status running | grep -xE 'postgres(-[0-9]+)?'
  )
  if [ ${#members[@]} -gt 1 ]; then
    for member in "${members[@]}"; do
      is_standby=$(docker compose exec -T "$member" sh -c \
        'exec psql -U "$POSTGRES_USER" "$POSTGRES_DB" -Atc "SELECT pg_is_in_recovery()"' < /dev/null) || continue
      if [ "$is_standby" = f ]; then say "$member"; return; fi
    done
  fi
  say "${members[0]:-postgres}"
}
