#!/bin/sh
# Prints a pattern for go test -run that matches the tests that ask for -short: those
# that make test leaves out, whole or in part. make test-all then runs nothing else
# in the packages that behave the same there.
#
# Usage: go test -run "$(scripts/long-tests.sh)" PACKAGE...
set -eu

cd "$(dirname "$0")/.."
# shellcheck disable=SC2046 # a list of words
names=$(awk '/^func / { name = /^func Test/ ? $2 : ""; sub(/\(.*/, "", name) }
	/testing\.Short\(\)/ && name { print name }' $(git -c safe.directory='*' ls-files --cached --others --exclude-standard '*_test.go') | sort -u | paste -sd'|')
[ -n "$names" ] || { echo "long-tests: no test asks for -short" >&2; exit 1; }
echo "^($names)\$"
