# The M-th prime over TCP: `make run` to try it, `make test` to test it, `make help` for all commands.

PORT ?= 8080
prefix ?= /usr/local
SWIFT ?= swift
# Only the shell uses the names of folders, because make splits a name at a space.
export DESTDIR prefix
export MAKEFILE := $(value MAKEFILE_LIST)
# Every recipe runs in the folder of this file, also if make runs elsewhere with `-f`.
.SHELLFLAGS := -ec 'cd "$$(dirname "$${MAKEFILE\# }")"; eval "$$0"'
# SwiftPM itself uses all cores, and two of its builds in one folder would wait for each other.
.NOTPARALLEL:

# --static-swift-stdlib: the programs also run on machines without Swift. -s strips their symbols, which halves them. lld,
# because the linker gold warns of functions of the C library that only unused code of Foundation calls.
RELEASE = --package-path "$$PWD" -c release --static-swift-stdlib --explicit-target-dependency-import-check error \
  -Xswiftc -use-ld=lld -Xlinker -s
# Tests build into a folder of their own, because the testing library has no static version. They are optimised, because
# they look up millions of primes.
TEST = -c release --scratch-path .build-tests --explicit-target-dependency-import-check error
THREADS = -c release --sanitize thread --scratch-path .build-threads --explicit-target-dependency-import-check error
BENCHMARKS = --package-path Benchmarks -c release
# What the programs are built from.
INPUTS = Makefile Package.swift Sources server/Sources client/Sources
# Whether this folder is a clone, not one within it.
IS_CLONE = [ -z "$$(git rev-parse --show-prefix 2>&1)" ]
# The commit for `--version`; empty if there is none.
COMMIT = $(IS_CLONE) && git describe --always --dirty --exclude '*' 2>/dev/null
# The file that each commit changes.
COMMIT_LOG = $$($(IS_CLONE) && ls "$$(git rev-parse --git-path logs/HEAD)" 2>/dev/null)
SOURCES = Package.swift Sources server/Sources client/Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests

.DEFAULT_GOAL := help
.PHONY: help run build test test-long docs lint format bench check picture install uninstall clean table verify
.PHONY: toolchain server/server client/client build-server build-client

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 10

run: server/server client/client ## Start a server on PORT (8080) and a client on it; the server ends with the client
	@scripts/run server/server client/client $(PORT)

build: server/server client/client ## Build both programs: server/server and client/client

# If no source is newer, the compiler is not called, so `sudo make install` needs none after `make build`.
server/server client/client:
	@[ -x $@ ] && [ -z "$$(find $(INPUTS) $(COMMIT_LOG) -newer $@)" ] || $(MAKE) --no-print-directory build-$(@F) >&2

# The program gets the time of the start, so that a source edited during the build is newer.
build-server build-client: build-%: toolchain
	@export NTH_PRIME_COMMIT=$$($(COMMIT)); start=$$(date +@%s); $(SWIFT) build $(RELEASE) --product $*; \
	cp -f "$$($(SWIFT) build $(RELEASE) --show-bin-path)/$*" $*/$*; touch -d $$start $*/$*

test: toolchain ## Run all tests that take seconds, or those whose names match FILTER
ifdef FILTER
	$(SWIFT) test $(TEST) --filter '$(FILTER)' --no-parallel
else
	scripts/failures-last $(SWIFT) test $(TEST) --skip PrimeClientTests --skip ProgramTests --skip LoadTests
	scripts/failures-last $(SWIFT) test $(TEST) --skip-build --filter 'PrimeClientTests|ProgramTests' --no-parallel
	scripts/failures-last $(SWIFT) run $(THREADS) ThreadCheck
endif

test-long: toolchain ## Run the tests of the server at full size; takes minutes
	scripts/failures-last $(SWIFT) test $(TEST) --filter LoadTests --no-parallel

docs: toolchain ## Write the reference of the libraries below .build/docs
	$(SWIFT) build $(RELEASE) --product server
	scripts/docs "$$($(SWIFT) build $(RELEASE) --show-bin-path)" .build/docs NthPrime PrimeProtocol PrimeClient PrimeServer

lint: toolchain ## Check the format of the sources and the scripts
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@if command -v shellcheck >/dev/null; then shellcheck scripts/* .ci/*; fi

format: toolchain ## Format the sources
	$(SWIFT) format format --in-place --parallel --recursive $(SOURCES)

check: lint ## Run all checks that must pass before a commit: format, no warnings, tests
	NTH_PRIME_CHECK=1 $(MAKE) --no-print-directory test

table: toolchain ## Regenerate the embedded table of primes
	$(SWIFT) build $(RELEASE) --product CheckpointTool
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/CheckpointTool" Sources/CheckpointData/checkpoints.bin

bench: toolchain server/server ## Measure the engine and the server, and compare with other programs if installed; takes minutes
	$(SWIFT) build $(BENCHMARKS) --product epoll-server
	$(SWIFT) run $(BENCHMARKS) server-benchmark $(BENCH) --server "ours=server/server 0 --host 127.0.0.1" \
	  --peer "C=Benchmarks/.build/release/epoll-server 0" \
	  $$(command -v redis-server >/dev/null && echo --redis || true)
	$(SWIFT) run $(BENCHMARKS) engine-benchmark $(BENCH)

verify: toolchain ## Check all 4,294,967,295 primes against libprimesieve; takes minutes and 3.6 GB of memory
	$(SWIFT) run $(BENCHMARKS) verify $(VERIFY)

picture: server/server client/client ## Draw the picture of the prompt in docs/client.md; needs tmux
	scripts/client-picture server/server client/client > docs/client-prompt.svg

install: build ## Install the programs, man pages and completions in $(DESTDIR)$(prefix), by default /usr/local
	scripts/install "$$DESTDIR$$prefix"

uninstall: ## Remove the installed files
	rm -f -- $(foreach name,nth-prime-server nth-prime-client,$(foreach file,bin/$(name) share/man/man1/$(name).1 \
	  share/bash-completion/completions/$(name) share/zsh/site-functions/_$(name) \
	  share/fish/vendor_completions.d/$(name).fish,"$$DESTDIR$$prefix/$(file)"))

clean: ## Remove all build results
	rm -rf .build .build-tests .build-threads .build-readme Benchmarks/.build server/build client/build server/server client/client

toolchain:
	@command -v $(SWIFT) >/dev/null || { echo "make: you need Swift 6.2 or later: install it from https://swift.org/install; \
	before 'sudo make install', run 'make build'; to run only the server without Swift, use 'docker compose up'" >&2; exit 1; }
