# What can be done here: make help. Each target does the set-up it needs.
# A fresh Debian needs Go, Node and npm; nothing is installed globally but, when
# root runs "make test", the Debian packages that .ci/packages names.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

GO  ?= go
NPM ?= npm

# Every folder with a lock file gets its own node_modules.
LOCKS   := $(shell find . -name node_modules -prune -o -name package-lock.json -print)
MODULES := $(LOCKS:%/package-lock.json=%/node_modules/.package-lock.json)

# Browser libraries: copied from npm's folders into ignored ones, and embedded.
ASSETS := ./gateway/console/assets/node_modules
VENDOR := gateway/console/static/vendor/htmx.min.js \
          gateway/console/static/vendor/sse.js \
          gateway/console/static/vendor/amrnb.js \
          gateway/console/static/vendor/amrnb.LICENSE

TEMPL := $(shell find gateway -name node_modules -prune -o -name '*.templ' -print 2>/dev/null)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: run
run: build ## Start Jiebao in demonstration mode, with simulated platforms (ARGS adds flags)
	@exec bin/jiebao --demo $(ARGS)

# gin without MessagePack, which nothing here speaks: 6 MB of the program and 1 of
# its memory. gateway/bench builds the same way.
.PHONY: build
build: $(VENDOR) $(TEMPL:.templ=_templ.go) ## Build bin/jiebao
	$(GO) build -trimpath -tags nomsgpack -ldflags "-s -w" -o bin/jiebao ./gateway

.PHONY: test
test: setup check ## Run every check and every test
	$(GO) test -vet=off -timeout 20m ./...

.PHONY: setup
setup: packages $(MODULES) $(VENDOR) ## Install what the tests need

.PHONY: packages
packages:
	@.ci/packages

.PHONY: check
check: ## Check generated code and lock files, vet, staticcheck
	@.ci/check-locks $(LOCKS)
	@.ci/check-generated
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: bench
bench: $(VENDOR) ## Print the figures of performance, memory and start-up
	$(GO) run ./gateway/bench $(ARGS)

.PHONY: screenshots
screenshots: setup ## Take the pictures of the main pages anew (gateway/testdata/screenshots)
	$(GO) test ./gateway -run 'TestDemonstration|TestInboxInABrowser' -count 1 -args -update-screenshots

.PHONY: vulnerabilities
vulnerabilities: ## Look for known vulnerabilities (asks Go's database)
	$(GO) tool govulncheck ./...

.PHONY: generate
generate: ## Generate the pages' Go code anew
	$(GO) tool templ generate

.PHONY: clean
clean: ## Remove what was built and installed here, not ./data
	rm -rf bin .cache gateway/console/static/vendor
	find . -name node_modules -prune -exec rm -rf {} +

%_templ.go: %.templ
	$(GO) tool templ generate -log-level error -f $<
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@command -v $(NPM) >/dev/null || { echo "Node and npm are missing; install them: apt-get install nodejs npm"; exit 1; }
	cd $* && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR): $(ASSETS)/.package-lock.json

gateway/console/static/vendor/htmx.min.js:
	install -D -m 644 $(ASSETS)/htmx.org/dist/htmx.min.js $@

gateway/console/static/vendor/sse.js:
	install -D -m 644 $(ASSETS)/htmx-ext-sse/dist/sse.min.js $@

# The decoder of voice messages alone, without the recorder around it.
gateway/console/static/vendor/amrnb.js:
	install -D -m 644 $(ASSETS)/benz-amr-recorder/src/amrnb.js $@

gateway/console/static/vendor/amrnb.LICENSE:
	install -D -m 644 $(ASSETS)/benz-amr-recorder/LICENSE $@
