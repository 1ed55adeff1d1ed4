#!/usr/bin/env bash
# Tests the package with each Ceph release that scripts/debian-releases.sh knows,
# each on a cluster of its own:
#
#   own build    built with the release's headers and library: go test ./rados/... ./internal/...
#   one binary   the tests of ./rados, built once with the oldest release, and run
#                with the library of each
#
# The machine's own release is tested as it is, the others in roots of Debian,
# which scripts/debian-root.sh makes. What can't be had is "not run", which is no
# failure, and never "passed".
#
# Usage: scripts/test-releases.sh [RELEASE...]
#
# It ends with the table and go test's own last lines. All output of the tests
# is in .cache/releases. Unless it was for some releases only, docs/RELEASES.md
# becomes the table, and docs/COVERAGE.md has it in short. docs/BEHAVIOURS.md has what
# came of the tests of Ceph's own cases.
#
# With RADOS_TEST_WIRE=secure, or compressed, all clusters send messages in that
# mode, and no document is written.
#
# What would begin later than $RELEASE_MINUTES minutes after the start, if that is
# set, is not run.
set -euo pipefail
set -m # so that what runs can be ended with all that it started

cd "$(dirname "$0")/.."
# shellcheck source=scripts/debian-releases.sh
. scripts/debian-releases.sh

logs=$PWD/.cache/releases
binary=$logs/rados.test
timeout=10m
patience=10m # for a root to be made: archives may be slow, or never answer
running=

exec 3>&2 # wherever stderr goes when a signal comes
say() { echo "releases: $*" >&3; }

stop() {
	trap '' INT TERM
	[ -z "$running" ] || kill -KILL -- "-$running" 2>/dev/null || true
	say "interrupted"
	exit 130
}
trap stop INT TERM

# attended runs a command that a signal to this script ends as well.
attended() {
	"$@" </dev/null &
	running=$!
	local code=0
	wait "$running" || code=$?
	running=
	return $code
}

# The machine's own release, or nothing.
own=$(dpkg-query -W -f '${Version}' librados-dev 2>/dev/null | grep -oE '^[0-9]+\.[0-9]+' || true)

# inside RELEASE COMMAND... runs a command where the release is, in the project's
# folder. Other clusters than radostest's are none of the tests' business.
inside() {
	local release=$1
	shift
	if [ "$release" = "$own" ]; then
		attended env -u RADOS_TEST_CONF -u RADOS_TEST_SKIP "$@"
	else
		attended scripts/debian-root.sh run "$release" "$@"
	fi
}

# version RELEASE prints what Debian calls it, or nothing where it is not there.
version() {
	if [ "$1" = "$own" ]; then
		dpkg-query -W -f '${Version}' librados-dev
	else
		cat ".cache/roots/$1/version" 2>/dev/null || true
	fi
}

# What became of each run, such as "own build 14.2".
declare -A result counts
releases=() available=()

# late RUN says whether it is too late to begin, and takes that down.
late() {
	[ -n "${RELEASE_MINUTES:-}" ] && [ $((SECONDS / 60)) -ge "$RELEASE_MINUTES" ] || return 1
	result[$1]="not run: $RELEASE_MINUTES minutes are over"
	say "$1: ${result[$1]}"
}

# prepare RELEASE makes its root, or says why there is none.
prepare() {
	local release=$1 log=$logs/root-$1.log start=$SECONDS code=0 why
	[ "$release" = "$own" ] || attended timeout "$patience" scripts/debian-root.sh make "$release" 2>"$log" || code=$?
	if [ $code != 0 ]; then
		why=$(sed -n '$s/^debian-root: //p' "$log")
		[ $code != 124 ] || why="its root was not made within $patience"
		result["own build $release"]="not run: ${why:-its root could not be made}"
		result["one binary $release"]=${result["own build $release"]}
		say "$release: ${result["own build $release"]}"
		return
	fi
	[ "$release" = "$own" ] || rm -rf ".cache/roots/$release/tmp"/* # of a run that was ended
	available+=("$release")
	say "$release: $(version "$release") is there ($((SECONDS - start)) s)"
}

log_of() { echo "$logs/${1// /-}-$2.log"; } # KIND RELEASE

# count HOW LOG counts the tests, and tests in tests, that ended like that.
count() { grep -cE "^ *--- ($1): " "$2" || true; }

# perform KIND RELEASE [PATTERN] runs the tests that fit.
perform() {
	local all=${3:-.}
	case $1 in
	'own build') inside "$2" go test -v -count=1 -timeout "$timeout" -run "$all" ./rados/... ./internal/... ;;
	'one binary') inside "$2" sh -c "cd rados && exec ../.cache/releases/rados.test -test.v -test.timeout $timeout -test.run '$all'" ;;
	esac
}

# again KIND RELEASE LOG tries once more what failed, and is not hidden: the table names it.
# It does not where all failed, or the tests did not come to their end.
again() {
	local failed more=$3.again
	failed=$(sed -nE 's/^--- FAIL: (Test[A-Za-z0-9_]*) .*/\1/p' "$3" | sort -u)
	[ -n "$failed" ] && [ "$(echo "$failed" | wc -l)" -le 3 ] && ! grep -qE '^(panic:|SIG|fatal error:)' "$3" || return 1
	perform "$1" "$2" "^($(echo "$failed" | paste -sd'|'))\$" >"$more" 2>&1 || return 1
	[ "$(count PASS "$more")" -gt 0 ] || return 1
	result["$1 $2"]="passed, at the second try: $(echo "$failed" | paste -sd' ')"
}

# judge KIND RELEASE runs the tests and takes down what became of them.
judge() {
	local run="$1 $2" log start=$SECONDS
	log=$(log_of "$1" "$2")
	late "$run" && return
	result[$run]=passed
	perform "$1" "$2" >"$log" 2>&1 && [ "$(count PASS "$log")" -gt 0 ] || again "$1" "$2" "$log" || result[$run]=FAILED
	counts[$run]="$(count 'PASS|SKIP|FAIL' "$log") | $(count PASS "$log") | $(count SKIP "$log")"
	say "$run: ${result[$run]}, $(count PASS "$log") tests passed," \
		"$(count SKIP "$log") skipped, $(count FAIL "$log") failed ($((SECONDS - start)) s)"
	if [ "${result[$run]}" = FAILED ]; then
		say "more of it is in $log"
		grep -vE '^(=== |PASS$)|^ *--- PASS' "$log" | tail -n 100 >&2
	fi
}

# build_binary builds the one binary with the oldest release that there is: what
# is built with one C library runs with that or a later one.
build_binary() {
	local release=${available[0]} start=$SECONDS
	# shellcheck disable=SC2016 # expanded where it runs
	if inside "$release" sh -c 'dir=$(mktemp -d) && go test -c -o "$dir/tests" ./rados >&2 && cat "$dir/tests" && rm -r "$dir"' \
		>"$binary" 2>"$logs/build.log"; then
		chmod +x "$binary"
		say "the one binary is built with $release ($((SECONDS - start)) s)"
		return
	fi
	say "the one binary can't be built with $release:"
	cat "$logs/build.log" >&2
	for release in "${available[@]}"; do
		result["one binary $release"]='FAILED to build'
	done
	return 1
}

# table prints what became of all runs.
table() {
	local release kind run
	echo '| Ceph | Debian has | | | tests | passed | skipped |'
	echo '|---|---|---|---|---|---|---|'
	for release in "${releases[@]}"; do
		for kind in 'own build' 'one binary'; do
			run="$kind $release"
			echo "| $release | $(version "$release") | $kind | ${result[$run]% (see *)} | ${counts[$run]:- | | } |"
		done
	done
}

# skipped lists what the runs skipped, and why.
skipped() {
	local release kind log
	for release in "${available[@]}"; do
		for kind in 'own build' 'one binary'; do
			log=$(log_of "$kind" "$release")
			[ -f "$log" ] || continue
			awk -v run="$release, $kind" '
				/^=== / { test = $3; next }
				/^ *--- SKIP: / { print "- " run ": `" $3 "`: " said[$3]; next }
				sub(/^ +[a-z_0-9]+\.go:[0-9]+: /, "") { said[test] = $0 }' "$log"
		done
	done
}

document() {
	cat <<-END
		# Test runs with each release

		Written by \`make test-releases\`. Each release has its own cluster. An own build is
		made with the release's own headers and library, and runs all tests of
		\`rados/...\` and \`internal/...\`; the one binary has the tests of \`rados\`, was built with Ceph
		${available[0]:-none}, and runs with each library.

		$(table)

		Skipped:

		$(skipped)
	END
}

main() {
	local release failed
	read -ra releases <<<"${*:-$(debian_releases | cut -d' ' -f1 | tr '\n' ' ')}"
	rm -rf "$logs"
	mkdir -p "$logs"
	[ "$(id -u)" != 0 ] || scripts/setup.sh debootstrap || true
	go mod download # the roots have no network of their own

	for release in "${releases[@]}"; do
		prepare "$release"
	done
	for release in "${available[@]}"; do
		[ "$release" = "$own" ] || judge 'own build' "$release"
	done
	if [ ${#available[@]} -gt 0 ] && build_binary; then
		for release in "${available[@]}"; do
			judge 'one binary' "$release"
		done
	fi
	for release in "${available[@]}"; do # last, for it is what make test-all has tested
		[ "$release" != "$own" ] || judge 'own build' "$release"
	done

	failed=$(printf '%s\n' "${result[@]}" | grep -c FAILED || true)
	if [ $# = 0 ] && [ -z "${RADOS_TEST_WIRE:-}" ]; then
		document >docs/RELEASES.md
		go run ./gen generate >&2 || say "docs/COVERAGE.md is as it was"
	fi
	go run ./internal/test/cephcases -run=false >"$logs/conformance.log" 2>&1 || true
	say "all that is said by the tests is in $logs; it took $((SECONDS / 60)) minutes"
	table
	for release in "${available[@]}"; do
		grep -E '^(ok  |FAIL|panic:)[[:space:]]' "$(log_of 'own build' "$release")" || true
	done
	[ "$failed" = 0 ]
}

main "$@"
