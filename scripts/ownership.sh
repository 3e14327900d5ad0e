# ownership.sh: which checkout the containers and volumes of the Compose project belong to. Sourced by stack.sh.
# shellcheck shell=bash
#
# Compose labels containers with the folder of docker-compose.yml, but not volumes. `make up` therefore creates the
# volumes itself, with Compose's labels and that one, so that it is still known when the containers are removed.

project_label=com.docker.compose.project
folder_label=com.docker.compose.project.working_dir
volume_label=com.docker.compose.volume
run_label=com.docker.compose.oneoff
config=
project=

set_project() {  # the configuration of Compose, and the name of the project: COMPOSE_PROJECT_NAME may set it
  # Run it again for the message of an error, without the warnings of a run that succeeds.
  config=$(docker compose config 2>/dev/null) || docker compose config >/dev/null || exit 78
  project=$(sed -n 's/^name: //p' <<< "$config")
}

containers() {  # containers FORMAT
  docker ps --all --filter "label=$project_label=$project" --format "$1"
}

run_containers() {  # the IDs of those that `docker compose run` started
  docker ps --all --filter "label=$project_label=$project" --filter "label=$run_label=True" --format '{{.ID}}'
}

volumes() {  # volumes FORMAT
  docker volume ls --filter "label=$project_label=$project" --format "$1"
}

folders() {  # of all containers and volumes; an empty line stands for volumes without the label
  { containers "{{.Label \"$folder_label\"}}"; volumes "{{.Label \"$folder_label\"}}"; } | sort -u
}

other_checkout() {  # print the folder of another checkout that the project belongs to; fail if there is none
  local folder
  while IFS= read -r folder; do
    if [ -d "$folder" ] && ! [ "$folder" -ef . ]; then printf '%s\n' "$folder"; return; fi
  done < <(folders)
  return 1
}

is_ours() {  # whether the labels say that all containers, or else all volumes, were created from this folder
  local folder found=no
  while IFS= read -r folder; do
    found=yes
    [ "$folder" -ef . ] || return 1
  done < <(containers "{{.Label \"$folder_label\"}}")
  if [ $found = yes ]; then return; fi
  while IFS= read -r folder; do
    [ "$folder" -ef . ] || return 1
  done < <(volumes "{{.Label \"$folder_label\"}}")
}

create_volumes() {
  local key name
  while read -r key name; do
    docker volume inspect "$name" >/dev/null 2>&1 || docker volume create --label "$project_label=$project" \
      --label "$volume_label=$key" --label "$folder_label=$PWD" "$name" >/dev/null
  done < <(awk '
    /^[^ ]/ { section = $1 }
    section == "volumes:" && /^  [^ ]/ { key = substr($1, 1, length($1) - 1) }
    section == "volumes:" && /^    / { if ($1 == "name:") names[key] = $2; else has_options[key] = 1 }
    END { for (key in names) if (!(key in has_options)) print key, names[key] }' <<< "$config")
}
