# make             build ./wanwatch
# make demo        watch a simulated network of sixty offices: http://127.0.0.1:9476/
# make run         watch this machine, as examples/quickstart.yaml says
# make test        run the tests; what this machine lacks for some is said at the end
# make help        everything else

GO         ?= go
FUZZTIME   ?= 60s
STRESSTIME ?= 60s
# For example: make bench BENCHFLAGS='-only ping'
BENCHFLAGS ?=

VERSION  ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null || echo devel)
REVISION ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS  := -s -w -X main.version=$(VERSION) -X main.revision=$(REVISION)

# The platforms beside this one that must build.
PLATFORMS ?= windows/amd64 darwin/arm64 linux/arm64

.PHONY: build demo run test race lint shellcheck fuzz stress bench generate check-generated cross vuln examples clean help

build: ## build ./wanwatch, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o wanwatch ./cmd/wanwatch

demo: build ## watch a simulated network of sixty offices
	./wanwatch demo

run: build ## watch what examples/quickstart.yaml names
	./wanwatch run examples/quickstart.yaml

test: bin/gotestsum ## run the tests; those that need more than Go say what they need
	bin/gotestsum --format pkgname-and-test-fails --format-hide-empty-pkg -- $(TESTFLAGS) ./...

race: ## run the tests with the race detector
	$(MAKE) --no-print-directory test TESTFLAGS='-race $(TESTFLAGS)'

lint: bin/golangci-lint shellcheck ## gofmt, vet, golangci-lint, shellcheck
	@files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "not formatted: $$files" >&2; exit 1; }
	$(GO) vet ./...
	bin/golangci-lint run ./...

shellcheck: ## check the shell scripts
	@command -v shellcheck >/dev/null || { echo 'needs shellcheck: apt-get install shellcheck' >&2; exit 1; }
	shellcheck .ci/run .ci/fuzz

fuzz: ## run each fuzz target for FUZZTIME
	FUZZTIME=$(FUZZTIME) .ci/fuzz

stress: ## 5,000 targets, reloads and scrapes for STRESSTIME (Linux, as root)
	WANWATCH_STRESS=$(STRESSTIME) WANWATCH_TEST_REQUIRE_ALL=1 $(GO) test -count=1 -timeout=10m -run='^TestStress$$' ./internal/app

bench: build ## measure beside fping, smokeping_prober and snmp_exporter (Linux, as root)
	$(GO) run ./internal/bench -wanwatch ./wanwatch $(BENCHFLAGS)

# Tests compare what is generated with what is committed; with -update they
# write it.
generate: ## write the files that are made from the code
	$(GO) test -count=1 $$(git grep -lE 'flag\.Bool\("update"' -- '*_test.go' | xargs -n 1 dirname | sort -u | sed 's|^|./|') -update

check-generated: ## fail if a generated file was stale
	@set -e; before=$$(git diff | sha256sum); $(MAKE) --no-print-directory generate; \
	test "$$(git diff | sha256sum)" = "$$before" || { git diff --stat; echo 'generated files were stale: commit what make generate wrote' >&2; exit 1; }

cross: ## build and vet for other platforms
	@set -e; for platform in $(PLATFORMS); do \
		export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
		echo "$$platform: build, vet"; \
		$(GO) build ./...; $(GO) vet ./...; \
	done

examples: build ## check the examples with the built program
	@set -e; for file in examples/*; do ./wanwatch validate "$$file"; done

vuln: bin/govulncheck ## look for known vulnerabilities in what is used
	bin/govulncheck ./...

clean: ## remove what was built
	rm -rf wanwatch bin

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

# The tools have a module of their own, so that the product does not depend on
# what they depend on.
bin/golangci-lint: tool = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
bin/gotestsum:     tool = gotest.tools/gotestsum
bin/govulncheck:   tool = golang.org/x/vuln/cmd/govulncheck
bin/golangci-lint bin/gotestsum bin/govulncheck: internal/tools/go.mod
	GOBIN='$(CURDIR)/bin' $(GO) -C internal/tools install $(tool)
	@touch $@
