# Temperature sensors → RabbitMQ → PostgreSQL. `make` lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help up down clean logs status summary psql test faults bench bench-quick pictures lint fmt lock
SHELL := /bin/bash

MODE ?= auto
ARGS ?=
PYTHON := .venv/bin/python
export MODE PIPELINES YES

help:  ## list the verbs
	@bash scripts/stack.sh help $(MAKEFILE_LIST)

up:  ## start everything: MODE=auto|docker|native, PIPELINES=number of consumers
	@bash scripts/stack.sh up

down:  ## stop everything, keep the data
	@bash scripts/stack.sh down

clean:  ## stop everything and remove the data, after asking (YES=1: without)
	@bash scripts/stack.sh clean

logs:  ## follow the logs
	@bash scripts/stack.sh logs

status:  ## everything at one look: services, queue, sensors, what is wrong and what to do
	@bash scripts/stack.sh status

summary:  ## the last hour, a row a sensor
	@bash scripts/stack.sh summary

psql:  ## open the database
	@bash scripts/stack.sh psql

test:  ## run all tests with coverage; ARGS="tests/unit -k name" chooses
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh test $(ARGS)

faults:  ## try the promise: every row of the fault matrix, about an hour; ARGS="--rows 1,2 --seed 7" chooses
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh faults $(ARGS)

bench:  ## measure this project beside its peers, three quarters of an hour; ARGS="--sections single --rounds 3" chooses
	@bash scripts/venv.sh bench
	@bash scripts/develop.sh bench $(ARGS)

bench-quick:  ## the same in two minutes, with less of everything
	@bash scripts/venv.sh bench
	@bash scripts/develop.sh bench --quick $(ARGS)

pictures:  ## pictures of the running Compose stack, for README: docs/pictures
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh pictures $(ARGS)

lint:  ## ruff, mypy, import-linter
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh lint

fmt:  ## format the code and fix what can be fixed
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh fmt

lock:  ## pin requirements/*.in anew, with hashes
	@bash scripts/venv.sh dev
	@bash scripts/develop.sh lock
