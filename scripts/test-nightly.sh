#!/bin/sh
# Runs the tests that are too long for CI, one after the other, also after one has failed. The output of
# each is in .cache/nightly, and out/nightly.md has the table.
#
# Usage: scripts/test-nightly.sh [PATTERN]   the steps whose names match
#
# DURATION is how long the random operations take, and the soak; FUZZTIME that of each fuzz target.
set -eu

cd "$(dirname "$0")/.."
pattern=${1:-.} logs=$PWD/.cache/nightly
: "${DURATION:=10m}" "${FUZZTIME:=20s}"
mkdir -p "$logs" out
rm -f "$logs"/*
rows=
failed=

# step NAME COMMAND... runs a command.
step() {
	name=$1 began=$(date +%s) result=passed
	shift
	echo "$name" | grep -qE -e "$pattern" || return 0
	echo "nightly: $name: $*"
	log=$logs/$(echo "$name" | tr ' =' '--').log
	if ! "$@" >"$log" 2>&1; then
		result=FAILED failed="$failed
$name: see $log"
		grep -E '^ *--- FAIL|^FAIL|^panic:|Error:' "$log" | head -n 20 || true
	fi
	rows="$rows| $name | $result | $(($(date +%s) - began)) s |
"
}

# on KIND runs the tests of rados on another kind of cluster.
on() { step "cluster $1" env RADOS_TEST_CLUSTER="$1" go test -short -vet=off -count=1 -v ./rados ./rados/striper ./rados/radosio ./rados/radoslock ./rados/radoswatch; }

step 'large numbers' env RADOS_TEST_NIGHTLY=1 go test -vet=off -count=1 -v -timeout 60m ./internal/test/limits ./internal/test/cruntime ./internal/test/randomops
step 'races in long tests' go test -race -vet=off -count=1 -timeout 60m ./internal/test/fakelibrados
for kind in wire=secure wire=compressed bluestore=4G 'osds=3 mons=3' ipv6; do
	on "$kind"
done
step 'go-ceph of other versions' make test-adopt
step 'releases' make test-releases
step 'fuzzing' make fuzz FUZZTIME="$FUZZTIME"
step 'faults' make faults DURATION="$DURATION"
step 'soak' make soak DURATION="$DURATION"

{
	echo '# Nightly tests'
	echo
	echo "Written by \`make test-nightly\` on $(date +%F), with $(nproc) processors."
	echo
	echo '| step | result | time |'
	echo '|---|---|---|'
	printf %s "$rows"
} >out/nightly.md
cat out/nightly.md
[ -n "$rows" ] || { echo "nightly: no step matches $pattern" >&2; exit 1; }
[ -z "$failed" ] || { echo "nightly: failed:$failed" >&2; exit 1; }
