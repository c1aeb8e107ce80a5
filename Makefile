# Bare `make` prints this file's targets.
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help quick test check lint race fuzz bench benchmarks generate demo screens upgrade-db

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

quick: ## for each commit: vet, house, unit tests on SQLite, no browser
	go vet ./...
	GOGC=400 go test -short -vet=off ./...

test: ## everything: vet, generated files, SQLite, PostgreSQL, browser stories
	@scripts/test

check: test lint ## test and the linter

lint: ## golangci-lint at the pinned version
	go run $(LINT) run ./...

race: ## the suite with the race detector (needs gcc)
	CGO_ENABLED=1 go test -race -short -timeout 20m ./...

fuzz: ## each fuzz target for 30 seconds
	@scripts/fuzz 30s

SCALE ?= default
bench: ## the product beside a bare handler, both engines; SCALE=small, default, large
	scripts/pg run -- go run ./bench -scale $(SCALE)

benchmarks: ## the benchmarks of the rooms
	go test -run '^$$' -bench . -benchmem ./...

generate: ## Go code from the templates, docs/roles.md from the policy, docs/api.md from the API
	go tool templ generate
	go test -count=1 -run TestRolesDocument ./internal/wire -update
	go test -count=1 -run TestContract ./internal/transport/api -update

upgrade-db: ## keep a small demonstration of this version under testdata/upgrade
	go test -count=1 -run TestKeepForUpgrades ./internal/wire -keep

demo: ## the synthetic country on http://127.0.0.1:8080
	go run ./cmd/serik demo

screens: ## pictures of the main screens into docs/screens
	SERIK_CHROMIUM="$$(scripts/need chromium)" SERIK_SCREENS="$(CURDIR)/docs/screens" \
		go test -count=1 -tags e2e -run Screens ./e2e/...
