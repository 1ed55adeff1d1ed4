# make help lists the targets.

GO ?= go
# All packages of all modules in go.work.
PKGS := work
TIMEOUT := 30m
# make lint has vet, which takes half a minute the first time.
TEST = $(GO) test -vet=off -timeout $(TIMEOUT)
DURATION := 10m
MODELCHECK = ./internal/test/modelcheck -run '^TestFaults$$' -count=1 -v
# What the faults of the network are made with.
NETWORK = iptables ip=iproute2
FUZZTIME ?= 4s
# The versions of go-ceph that cmd/adopt is tested with: the first for the program, the oldest, and the newest
# that can be downloaded.
GOCEPH ?= v0.30.0,v0.14.0,$(shell scripts/newest-go-ceph.sh v0.41.0)
# The library without rados and rados/striper, which reach tests, and the fake, whose long tests -race makes too long.
RUNTIME = ./rados/radosio ./rados/radoslock ./rados/radoswatch $$($(INTERNAL) | grep -vxF "$$($(GO) list $(READERS) $(FAKE))")
FAKE = ./internal/test/fakelibrados
# These only read the project, have C alone, measure, or have more goroutines than -race can have: it finds nothing in them.
READERS = ./internal/test/cruntime ./internal/test/callcost ./internal/test/limits ./internal/test/modules ./internal/test/docs ./internal/test/words ./internal/test/exported ./internal/test/cephcases ./internal/test/checkout
# The oldest Go that the library needs, which checks pointers that are passed to C.
OLDEST = GOTOOLCHAIN=go1.24.0 GOWORK=off GOEXPERIMENT=cgocheck2
# These pass memory to C.
POINTERS = ./rados ./rados/radosio ./rados/striper $(FAKE)
# go test prints the results in the order of the packages. These have theirs first: they have no C and no cluster.
EARLY = ./internal/handle ./internal/throttle ./internal/queue ./internal/omap ./internal/wire ./gen/diag ./gen/header
# Tests that take seconds, which make quick leaves to make test.
SLOW = TestCloseEndsWaitingForRoom|TestCollectedUnderACall|TestEndedUnderCalls|TestHostileArguments|TestLateCancel|TestLostWatchIsRemovedWhenTheOSDAnswers|TestManyAtOnce|TestGenerateIsHermetic|TestInventedRelease|TestTakingInReleases|TestWalks
INTERNAL = $(GO) list $(PKGS) | grep go-rados/go-rados/internal/
# With the undefined behavior sanitizer in addition to that of addresses, which go test -asan has. TestOldMap takes
# a minute; librados can crash in TestPingMonitor, which knows that by the signal.
SANITIZED = CGO_CFLAGS='-g -O1 -fsanitize=undefined -fno-sanitize-recover=undefined' CGO_LDFLAGS=-fsanitize=undefined \
	LSAN_OPTIONS='suppressions="$(CURDIR)/rados/testdata/leaks.txt":print_suppressions=0' $(TEST) -asan -short
# The C code that is written by hand.
C_FILES = templates/runtime/*.[ch] internal/test/fakelibrados/lib/[!z]*.[ch] internal/test/cruntime/testdata/*.c internal/test/modelcheck/testdata/*.c bench/c/*.[ch]

# The modules are those of this checkout's go.work, also where the environment names another one or a folder
# vendor. The go command may not ask git for a version: git refuses in the checkout of another user.
export GOWORK := auto
export GOFLAGS := $(filter-out -mod=% -buildvcs%,$(shell $(GO) env GOFLAGS 2>/dev/null)) -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help setup demo build generate check api lint quick test test-oldest test-all fuzz test-releases test-brief test-nightly test-arm64 test-adopt conformance reach headers bench bench-calls faults soak cluster cluster-down

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the missing packages for building and testing (apt; as root or with sudo)
	@scripts/setup.sh

demo: setup ## generate, start a cluster, run examples/quickstart on it, stop it
	$(GO) run ./gen generate
	$(GO) run ./rados/radostest/cluster run -- $(GO) run ./examples/quickstart

build: ## build everything
	$(GO) build $(PKGS)

generate: ## update the generated files
	$(GO) run ./gen generate

check: ## fail if a generated file or the list of the exported API is out of date
	$(GO) run ./gen check
	$(GO) test ./internal/test/exported

api: ## accept a change of the exported API (see rados/testdata/exported.txt, CHANGELOG.md)
	$(GO) test ./internal/test/exported -run TestExported -update

lint: ## gofmt, clang-format, go vet, staticcheck, and the words that the project avoids
	@! gofmt -l . | grep . || { echo 'run gofmt -w on these files'; false; }
	@scripts/setup.sh clang-format
	clang-format --dry-run -Werror $(C_FILES)
	$(GO) vet $(PKGS)
	$(GO) tool staticcheck $(PKGS)
	$(GO) test ./internal/test/words

# go list compiles all packages as go build does, but does not link the programs again, which takes nine seconds
# each time: a test links the library. vet has time to run while tests wait.
quick: generate ## from an edit of the spec to green: generate, compile, vet, tests without a cluster (less than a minute)
	$(GO) list -export $(PKGS) >/dev/null
	$(GO) vet ./rados ./rados/striper & vet=$$!; \
	$(TEST) -short -skip '^($(SLOW))$$' ./gen/... $$($(INTERNAL) | grep -v /modelcheck); tests=$$?; \
	wait $$vet && exit $$tests

test: setup ## the everyday tests (less than five minutes)
	@echo 'The first results take a minute if nothing is compiled yet.'
	$(TEST) -short $(EARLY) $(PKGS)

# Without the readers, which need the other modules. In the packages that pass memory to C, the garbage collector
# runs all the time; it should not in the go command.
test-oldest: setup ## the everyday tests of the library with the oldest Go, its own go.mod alone, cgocheck2 and GOGC=1
	$(OLDEST) $(TEST) -short $$($(GO) list ./... | grep -vxF "$$($(GO) list $(READERS) $(POINTERS))")
	$(OLDEST) $(TEST) -short -exec 'env GOGC=1' $(POINTERS)

# Of the tests that C or clusters take part in, the plain ones are in make test and test-releases. reach runs the
# tests of rados with -race. A test of radostest starts an MDS, one of cruntime analyzes C.
test-all: setup headers lint ## what make test leaves out: the long tests, -race, sanitizers of C, all headers, fuzzing, faults
	@scripts/setup.sh ceph-mds clang clang-tidy cppcheck chromium chromedriver=chromium-driver $(NETWORK)
	$(TEST) -run "$$(scripts/long-tests.sh)" ./gen/... ./cmd/... ./bench ./examples/... ./rados/radosmem $(READERS) $(FAKE)
	$(TEST) -race ./rados/radostest/... ./rados/otelrados/... ./rados/promrados/... $(RUNTIME)
	$(TEST) -race -short $(FAKE)
	$(GO) run ./internal/test/reach -race
	$(SANITIZED) $(FAKE) ./rados -skip '^(TestOldMap|TestPingMonitor)$$'
	@scripts/fuzz.sh 1000x
	$(GO) test -timeout 0 $(MODELCHECK) -duration=1m

test-releases: setup ## the tests with each Ceph release, and one binary with all of them (Debian; root)
	@scripts/test-releases.sh

test-brief: setup ## one binary with each Ceph release, with one of them all tests on encrypted connections (Debian; root)
	@scripts/test-releases.sh --brief

test-nightly: setup ## tests too long for CI: all releases and kinds of clusters, large numbers, faults, soak (two hours)
	@scripts/test-nightly.sh

test-arm64: setup ## vet and test for arm64 what needs no cluster, under emulation (Debian)
	@scripts/test-arm64.sh

test-adopt: ## move programs with go-ceph to rados, and run go-ceph's own tests with and without that (GOCEPH=v0.30.0)
	@scripts/setup.sh ceph-mds rbd/librbd.h=librbd-dev cephfs/libcephfs.h=libcephfs-dev
	$(GO) test -timeout $(TIMEOUT) -count=1 -v ./cmd/adopt -versions=$(GOCEPH)

conformance: setup ## run the tests that cover the cases of Ceph's own test suites
	@$(GO) run ./internal/test/cephcases

reach: setup ## write a test on a cluster for each function of librados to out/reach.txt
	@mkdir -p out
	$(GO) run ./rados/radostest/cluster run -- $(GO) run ./internal/test/reach -each >out/reach.txt

fuzz: setup ## run every fuzz target for FUZZTIME=4s
	@scripts/fuzz.sh $(FUZZTIME)

headers: ## fetch the C headers of every release into .cache (Debian)
	@scripts/headers.sh --lenient

bench: setup ## compare with C programs, in ten minutes, and write out/benchmarks.md (BENCH=-quick: 30 s, no numbers)
	$(GO) run ./rados/radostest/cluster run -- $(GO) run ./bench -out out $(BENCH)

bench-calls: setup ## measure the cost of a call without that of librados
	$(GO) run ./internal/test/callcost

faults: setup ## random operations while daemons, the network and the clock fail, for DURATION=10m (FAULTS='-seed=1 -faults=loss,clock')
	@scripts/setup.sh $(NETWORK)
	$(GO) test -timeout 0 $(MODELCHECK) -duration=$(DURATION) $(FAULTS)

soak: setup ## all methods, contexts and connections while daemons fail, for DURATION=10m; see out/soak.md
	@scripts/setup.sh $(NETWORK)
	$(GO) test -timeout 0 ./internal/test/modelcheck -run '^TestSoak$$' -count=1 -v -duration=$(DURATION)

cluster: setup ## start a temporary cluster that runs until make cluster-down
	$(GO) run ./rados/radostest/cluster up

cluster-down: ## stop it
	$(GO) run ./rados/radostest/cluster down
