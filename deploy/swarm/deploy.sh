#!/usr/bin/env bash
# deploy.sh [FILE...]: deploy this project to the Docker Swarm of this manager, or update it; each FILE is a further overlay of
# your own. See docs/operations/swarm.md. These variables may be in .env, too:
#   STACK             name of the stack (sensors)
#   SENSORS_REGISTRY  prefix of this project's images, such as registry.example:5000/; empty: each node has them already
#   COMPOSE_PROFILES  profiles whose services run, too, such as scaler,workflows
set -euo pipefail
overlays=()
for file in "$@"; do overlays+=(-f "$(realpath "$file")"); done
cd "$(dirname "$0")/../.."
compose=(docker compose -f docker-compose.yml -f deploy/swarm/compose.yml ${overlays[@]+"${overlays[@]}"})

die() { printf '%s\n' "$1" >&2; exit "${2:-69}"; }  # die MESSAGE [EXIT-CODE]

read_variables() {  # Compose reads .env; what is exported here takes precedence over it from then on.
  local found
  found=$("${compose[@]}" config --format json | python3 -c '
import json, sys
found = json.load(sys.stdin)["x-deployment"]
print(found["profiles"], found["registry"], found["stack"], sep="\n")')  # the last one is never empty
  { read -r COMPOSE_PROFILES; read -r SENSORS_REGISTRY; read -r STACK; } <<< "$found"
  case $SENSORS_REGISTRY in '' | */) ;; *)
    die "SENSORS_REGISTRY is '$SENSORS_REGISTRY': must end with a slash, such as registry.example:5000/" 78 ;;
  esac
  # The container of sensorctl is in the profile tools, which Compose starts for one command only.
  export STACK SENSORS_REGISTRY COMPOSE_PROFILES=tools${COMPOSE_PROFILES:+,$COMPOSE_PROFILES}
}

require_manager() {
  [ "$(docker info --format '{{.Swarm.ControlAvailable}}')" = true ] ||
    die 'This engine is no manager of a Swarm. Create one: docker swarm init. Or run this command on a manager.'
}

require_data_node() {  # The broker and the database keep their data in volumes of one node.
  local nodes
  mapfile -t nodes < <(docker node ls --filter node.label=sensors.data=true --format '{{.Hostname}}')
  case ${#nodes[@]} in
    1) ;;
    0) die 'No node has the label of the broker and the database. Choose the one that keeps their data:
docker node update --label-add sensors.data=true NODE' ;;
    *) die "Several nodes have the label sensors.data=true: ${nodes[*]}. The broker and the database would move between them and
leave their data behind. Keep it on one: docker node update --label-rm sensors.data NODE" ;;
  esac
}

create_secrets() {  # A secret that exists is kept: the volumes contain its value.
  local name existing
  existing=$(docker secret ls --format '{{.Name}}')
  for name in $("${compose[@]}" --profile '*' config --format json |
    python3 -c 'import json, sys; print(*(s["name"] for s in json.load(sys.stdin)["secrets"].values()))'); do
    grep -qxF "$name" <<< "$existing" && continue
    python3 -c 'import secrets; print(secrets.token_urlsafe(24), end="")' | docker secret create "$name" - > /dev/null
    printf 'created the secret %s\n' "$name"
  done
}

push_images() {
  local image
  [ -n "$SENSORS_REGISTRY" ] || return 0
  for image in $("${compose[@]}" config --images | grep '^sensors-' | sort -u); do
    docker tag "$image" "$SENSORS_REGISTRY$image"
    docker push --quiet "$SENSORS_REGISTRY$image"
  done
}

deploy() {
  local options=(--with-registry-auth --prune)
  # Later versions wait for one-shot services, which never count as running.
  if docker stack deploy --help | grep -q -- --detach; then options+=(--detach=true); fi
  # Without a registry, no node could resolve the images of this project to a digest.
  if [ -z "$SENSORS_REGISTRY" ]; then options+=(--resolve-image never); fi
  "${compose[@]}" config --format json | python3 deploy/swarm/render.py > "$rendered"
  docker stack deploy "${options[@]}" --compose-file "$rendered" "$STACK"
}

rendered=$(mktemp)
trap 'rm -f "$rendered"' EXIT
read_variables
require_manager
require_data_node
create_secrets
push_images
deploy
