# Temperature sensors → RabbitMQ → PostgreSQL. `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help up down clean logs status summary psql test test-unit test-sources test-reports test-swarm test-kubernetes kubernetes faults bench bench-quick evaluate load pictures docs docs-serve lint fmt lock
SHELL := /bin/bash

MODE ?= auto
ARGS ?=
PYTHON := .venv/bin/python
export MODE PIPELINES YES SERVERS CRDS

help:  ## list the targets
	@bash scripts/stack.sh help $(MAKEFILE_LIST)

up:  ## start the whole system; MODE=auto|docker|native, PIPELINES=number of consumers
	@bash scripts/stack.sh up

down:  ## stop the system and keep the data
	@bash scripts/stack.sh down

clean:  ## stop the system and delete the data, after a confirmation; YES=1 skips it
	@bash scripts/stack.sh clean

logs:  ## follow the logs
	@bash scripts/stack.sh logs

status:  ## show the system's status: problems with hints, services, queue, sensors
	@bash scripts/stack.sh status

summary:  ## show the last hour, one row per sensor
	@bash scripts/stack.sh summary

psql:  ## open the database in psql
	@bash scripts/stack.sh psql

test:  ## run all tests with coverage; ARGS="tests/unit -k name" selects some, without it
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test $(ARGS)

test-unit:  ## run the unit tests alone, about two minutes on two cores; ARGS="-k name" selects
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test-unit $(ARGS)

test-sources:  ## run the tests of sources against real servers, which it installs; SERVERS="influxdb signal_k" selects
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test-sources $(ARGS)

test-reports:  ## run the tests of reports with LibreOffice, Apache and PDFBox, which it installs (Debian's packages)
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test-reports $(ARGS)

test-swarm:  ## deploy to a Docker Swarm of two nodes, which it starts in containers, and drain them; ten minutes
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test-swarm $(ARGS)

test-kubernetes:  ## render the Helm chart and validate every manifest strictly; CRDS=folder adds the operators' own schemas
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test-kubernetes $(ARGS)

kubernetes:  ## render deploy/kubernetes/base and its components from the Helm chart
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh kubernetes

faults:  ## run the fault matrix, about an hour; ARGS="--rows 1,2 --modes auto --seed 7" selects rows
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh faults $(ARGS)

bench:  ## run the benchmark against peers, about 75 minutes; ARGS="--sections single --rounds 3" selects
	@bash scripts/venv.sh bench
	@bash scripts/develop.sh bench $(ARGS)

bench-quick:  ## run the benchmark in about three minutes, with fewer messages and rounds
	@bash scripts/venv.sh bench
	@bash scripts/develop.sh bench --quick $(ARGS)

evaluate:  ## measure how good the analysis is, about half an hour; ARGS="--sections office,motes", ARGS="--quick"
	@bash scripts/venv.sh evaluation
	@bash scripts/develop.sh evaluate $(ARGS)

load:  ## publish to the running system by Locust, page at http://127.0.0.1:8089; ARGS="--rate 1000 --time 2m --headless"
	@bash scripts/venv.sh load
	@bash scripts/develop.sh load $(ARGS)

pictures:  ## take screenshots of the running Compose stack for the documentation
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh pictures $(ARGS)

docs:  ## build the documentation into .site
	@bash scripts/venv.sh docs
	@bash scripts/develop.sh docs

docs-serve:  ## show the documentation at http://127.0.0.1:8000 while it is edited
	@bash scripts/venv.sh docs
	@bash scripts/develop.sh docs-serve

lint:  ## run ruff, mypy and import-linter, and build the documentation
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh lint

fmt:  ## format the code and apply automatic fixes
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh fmt

lock:  ## lock requirements/*.in to versions and hashes
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh lock
