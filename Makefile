# The commands of the README. `demo`, `test` and `bench` do their own set-up (scripts/setup.sh:
# packages, configure, build) and then their job. `make help` lists all.

SHELL := /bin/bash
BUILD ?= build
JOBS  ?= $(shell nproc)
FUZZ_S ?= 60
LINT_SINCE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test bench bench-peers format lint sanitize fuzz setup clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | \
	  awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: ## install missing packages, configure, build
	@scripts/setup.sh --build-dir $(BUILD)

demo: setup ## train a GPT on the text of this machine and read what it writes
	@$(BUILD)/coldstart demo

test: setup ## the whole test suite, fast and slow
	ctest --test-dir $(BUILD) --parallel $(JOBS) --output-on-failure

bench: setup ## speed of training against this machine's own peak, and of every kernel
	@for preset in bench-1m bench-10m gpt2-124m; do \
	  $(BUILD)/coldstart bench train --preset $$preset || exit; \
	done
	@$(BUILD)/coldstart bench kernels
	@$(BUILD)/coldstart_bench

bench-peers: ## the same shapes in PyTorch, alternately, and the ratios
	@scripts/setup.sh --peers --build-dir $(BUILD)
	@/usr/bin/python3 bench/peers/compare.py --program $(BUILD)/coldstart

# What a sanitizer finds, it finds again. What fails once in two runs was a matter of timing on a
# machine that is slow with them; its name stands in the output.
sanitize: ## the fast tests under the address, leak and undefined-behaviour sanitizers
	@scripts/setup.sh --build-dir build-asan --preset=asan
	ctest --test-dir build-asan --parallel $(JOBS) --output-on-failure --label-exclude slow \
	  --repeat until-pass:2

fuzz: ## every fuzzer for FUZZ_S seconds (60)
	@scripts/setup.sh --dev --build-dir build-fuzz --preset=fuzz
	@for fuzzer in build-fuzz/*_fuzz; do \
	  echo "== $$fuzzer"; $$fuzzer -max_total_time=$(FUZZ_S) -rss_limit_mb=4096 || exit; \
	done

format: ## rewrite all C++ sources with clang-format
	@scripts/setup.sh --dev --packages-only
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

lint: ## check format and clang-tidy, change nothing
	@scripts/lint.sh $(BUILD) "$(LINT_SINCE)"

clean: ## remove the build directories
	rm -rf $(BUILD) build-asan build-clang build-debug build-fuzz
