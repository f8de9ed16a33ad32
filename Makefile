# Everything here works with Go and make alone, without root, except test-system
# and bench, which measure against real peers that .ci/run installs.

export CGO_ENABLED := 0
export GOFLAGS ?= -mod=readonly

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# HTTP/2, which nobody here speaks, is 400 KB on a Pi Zero.
BUILD := go build -trimpath -buildvcs=false -tags nethttpomithttp2 -ldflags "-s -w -X main.version=$(VERSION)"
CC := $(or $(shell command -v cc),$(shell command -v gcc))
ARCHES := armv6 arm64 amd64

.PHONY: build run test test-system test-pi mutate bench soak check cross deb deploy clean

build:
	$(BUILD) -o bin/quietstat ./agent

# make run ARGS="--for 24h --speed 600 --seed 1 --json"
run: build
	@bin/quietstat demo $(ARGS)

# The pure packages hold no goroutine, lock or channel, and a wall sees to it: there is
# nothing in them for the race detector, which makes their simulated weeks ten times as
# long. It needs a C compiler; in CI (CI=true) its absence is an error.
PURE := ./hvac ./hvac/exact ./hvac/house ./hvac/household ./hvac/trace ./hvac/tune ./consent
# These start processes and judge milliseconds of the real clock. They run one after the
# other and last, or they would take the machine from each other; they are compiled
# before, all at once.
TIMED := ./agent $(addprefix ./agent/internal/,control demo keeper local mdns mqtt supervise systest uplink uplink/link)
test:
ifneq ($(CC),)
	@echo "test: with the race detector ($(CC)), but for the pure packages"
	go test $(PURE)
	CGO_ENABLED=1 go test -race $$(go list ./... | grep -vxF "$$(go list $(PURE) $(TIMED))")
	CGO_ENABLED=1 go test -race -c -o /dev/null $(TIMED)
	CGO_ENABLED=1 go test -race -p 1 $(TIMED)
else ifeq ($(CI),true)
	@echo "test: no C compiler, so no race detector: install one" >&2; exit 1
else
	@echo "test: without the race detector: no C compiler (cc, gcc)"
	go test $$(go list ./... | grep -vxF "$$(go list $(TIMED))")
	go test -p 1 $(TIMED)
endif

test-system: build
	scripts/test-system

# A Raspberry Pi without one: emulated machines with real kernels. Needs root and the
# packages of .ci/run; downloads once, into .cache.
test-pi:
	scripts/test-pi $(PI)

# Takes each check of the gate and of the fences away and wants a test to notice.
mutate:
	scripts/mutate $(MUTATE)

bench: build
	scripts/bench $(BENCH)

# The long forms: property tests, fuzzing and benchmarks that take hours.
soak: build
	scripts/soak

check: build
	scripts/check

# Static, stripped and reproducible: the same commit gives the same bytes. Inlining
# makes the program a megabyte larger, which a Pi Zero feels more than the time of a
# call, so it is kept for what runs all the time: the runtime, cryptography, control.
LEAN := -gcflags=all=-l $(foreach p,runtime internal crypto math sync quietstat/hvac,-gcflags=$(p)/...=)
cross: $(ARCHES:%=cross-%)
cross-armv6: export GOARCH := arm
cross-armv6: export GOARM := 6
cross-arm64: export GOARCH := arm64
cross-amd64: export GOARCH := amd64
cross-%:
	GOOS=linux $(BUILD) $(LEAN) -o dist/quietstat-linux-$* ./agent

# Debian packages of what cross built, reproducible too. The program knows the version
# git gives; DEB_VERSION names another one.
deb: cross
	scripts/deb

# To a Raspberry Pi that is on the network: make deploy HOST=pi@thermostat.local
deploy: deb
	scripts/deploy $(HOST)

# What was downloaded stays, in .cache.
clean:
	rm -rf bin dist
