# Temperature sensors → RabbitMQ → PostgreSQL. `make` lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help up down clean logs status summary psql test test-unit faults bench bench-quick pictures lint fmt lock
SHELL := /bin/bash

MODE ?= auto
ARGS ?=
PYTHON := .venv/bin/python
export MODE PIPELINES YES

help:  ## list the verbs
	@bash launcher/stack.sh help $(MAKEFILE_LIST)

up:  ## start everything: MODE=auto|docker|native, PIPELINES=number of consumers
	@bash launcher/stack.sh up

down:  ## stop everything, keep the data
	@bash launcher/stack.sh down

clean:  ## stop everything and remove the data, after asking (YES=1: without)
	@bash launcher/stack.sh clean

logs:  ## follow the logs
	@bash launcher/stack.sh logs

status:  ## everything at one look: services, queue, sensors, what is wrong and what to do
	@bash launcher/stack.sh status

summary:  ## the last hour, a row a sensor
	@bash launcher/stack.sh summary

psql:  ## open the database
	@bash launcher/stack.sh psql

test:  ## run all tests with coverage; ARGS="tests/unit -k name" chooses
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh test $(ARGS)

test-unit:  ## run the unit tests alone, in less than a minute; ARGS="-k name" chooses
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh test-unit $(ARGS)

faults:  ## try the promise: every row of the fault matrix, about an hour; ARGS="--rows 1,2 --seed 7" chooses
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh faults $(ARGS)

bench:  ## measure this project beside its peers, three quarters of an hour; ARGS="--sections single --rounds 3" chooses
	@bash launcher/venv.sh bench
	@bash launcher/develop.sh bench $(ARGS)

bench-quick:  ## the same in two minutes, with less of everything
	@bash launcher/venv.sh bench
	@bash launcher/develop.sh bench --quick $(ARGS)

pictures:  ## pictures of the running Compose stack, for README: docs/pictures
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh pictures $(ARGS)

lint:  ## ruff, mypy, import-linter
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh lint

fmt:  ## format the code and fix what can be fixed
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh fmt

lock:  ## pin requirements/*.in anew, with hashes
	@bash launcher/venv.sh dev
	@bash launcher/develop.sh lock
