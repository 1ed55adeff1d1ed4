#!/usr/bin/env bash
# Tests the package with each Ceph release in scripts/debian-releases.sh, each on
# a cluster of that release:
#
#   own build    the tests of ./rados/... and of the internal packages that use it,
#                built with the release's headers and library
#   one binary   the tests of ./rados and ./rados/striper, built once with the oldest
#                release and run with the library of each, on encrypted connections
#
# Internal packages without C behave the same with every release; make test-all
# tests them once. The installed release runs on this machine, the others in Debian
# roots that scripts/debian-root.sh makes. A release that cannot be had is reported
# as "not run", which is not a failure.
#
# Usage: scripts/test-releases.sh [--brief] [RELEASE...]
#
# --brief leaves out the own builds. The one binary runs the everyday tests (-short)
# with each release but the installed one, which make test has tested, on plain
# connections. With one release, another one each day, it runs all tests, on encrypted ones.
#
# The output of the tests is in .cache/releases. out/releases.md has the table and
# the skipped tests, out/behaviours.md the results of Ceph's own cases.
#
# RADOS_TEST_CLUSTER describes all clusters instead: with wire=crc, no connection is encrypted.
set -euo pipefail
set -m # job control: each command gets a process group that stop can kill

cd "$(dirname "$0")/.."
# shellcheck source=scripts/debian-releases.sh
. scripts/debian-releases.sh

logs=$PWD/.cache/releases
binaries=(rados rados/striper) # the packages of the one binary, each of which is a file
test_timeout=20m
root_timeout=10m # an archive may be slow, or never answer
kinds=('own build' 'one binary')
brief=false
today= # with --brief, the release that all tests run with
running=

exec 3>&2 # log writes to this stderr, even where a command's stderr is redirected
log() { echo "releases: $*" >&3; }

stop() {
	trap '' INT TERM
	[ -z "$running" ] || kill -KILL -- "-$running" 2>/dev/null || true
	log "interrupted"
	exit 130
}
trap stop INT TERM

# run_fg runs a command that stop kills.
run_fg() {
	"$@" </dev/null &
	running=$!
	local code=0
	wait "$running" || code=$?
	running=
	return $code
}

# The installed release, or nothing.
host_release=$(dpkg-query -W -f '${Version}' librados-dev 2>/dev/null | grep -oE '^[0-9]+\.[0-9]+' || true)

# inside RELEASE COMMAND... runs a command in the project's folder with a release.
# The tests must not use a cluster that the environment names.
inside() {
	local release=$1
	shift
	if [ "$release" = "$host_release" ]; then
		run_fg env -u RADOS_TEST_CONF -u RADOS_TEST_SKIP "$@"
	else
		run_fg scripts/debian-root.sh run "$release" "$@"
	fi
}

# version RELEASE prints its Debian version, or nothing if it is not available.
version() {
	if [ "$1" = "$host_release" ]; then
		dpkg-query -W -f '${Version}' librados-dev
	else
		cat ".cache/roots/$1/version" 2>/dev/null || true
	fi
}

# The result and the counts of each run, by its name, such as "own build 14.2".
declare -A result counts
releases=() available=()

# log_of KIND RELEASE is the file with the output of its tests.
log_of() { echo "$logs/${1// /-}-$2.log"; }

# prepare RELEASE makes its root, or records why it cannot.
prepare() {
	local release=$1 root_log=$logs/root-$1.log start=$SECONDS code=0 reason
	[ "$release" = "$host_release" ] ||
		run_fg timeout "$root_timeout" scripts/debian-root.sh make "$release" 2>"$root_log" || code=$?
	if [ $code != 0 ]; then
		reason=$(sed -n '$s/^debian-root: //p' "$root_log")
		[ $code != 124 ] || reason="its root was not made within $root_timeout"
		reason="not run: ${reason:-its root could not be made}"
		result["own build $release"]=$reason
		result["one binary $release"]=$reason
		log "$release: $reason"
		return
	fi
	[ "$release" = "$host_release" ] || rm -rf ".cache/roots/$release/tmp"/* # left by a killed run
	available+=("$release")
	log "$release: $(version "$release") is ready ($((SECONDS - start)) s)"
}

# packages prints the packages whose tests run in an own build.
packages() {
	go list ./rados/...
	# shellcheck disable=SC2016 # a Go template
	go list -test -f '{{range .Deps}}{{if eq . "github.com/go-rados/go-rados/rados"}}{{$.ForTest}}{{"\n"}}{{end}}{{end}}' work |
		grep go-rados/go-rados/internal/ | sort -u
}

# count HOW LOG counts the tests and subtests in a log that ended like that.
count() { grep -cE "^ *--- ($1): " "$2" || true; }

# run_tests KIND RELEASE [PATTERN] runs the tests that match.
run_tests() {
	local pattern=${3:-.} short=false
	if $brief && [ "$2" != "$today" ]; then
		short=true
	elif [ "$1" = 'one binary' ]; then
		local -x RADOS_TEST_CLUSTER=${RADOS_TEST_CLUSTER:-wire=secure}
	fi
	case $1 in
	'own build')
		# shellcheck disable=SC2046 # a list of words
		inside "$2" go test -v -count=1 -timeout "$test_timeout" -run "$pattern" $(packages)
		;;
	'one binary')
		# shellcheck disable=SC2016 # expanded where it runs
		inside "$2" sh -c 'code=0; here=$PWD; timeout=$1 pattern=$2 short=$3; shift 3
			for p; do
				(cd "$p" && "$here/.cache/releases/$(basename "$p").test" -test.v -test.short="$short" -test.timeout "$timeout" -test.run "$pattern") || code=1
			done; exit $code' sh "$test_timeout" "$pattern" $short "${binaries[@]}"
		;;
	esac
}

# retry KIND RELEASE LOG runs up to three failed tests again, and records them in the
# result. It does nothing if the test binary crashed.
retry() {
	local failed retry_log=$3.again
	failed=$(sed -nE 's/^--- FAIL: (Test[A-Za-z0-9_]*) .*/\1/p' "$3" | sort -u)
	[ -n "$failed" ] && [ "$(echo "$failed" | wc -l)" -le 3 ] && ! grep -qE '^(panic:|SIG|fatal error:)' "$3" || return 1
	run_tests "$1" "$2" "^($(echo "$failed" | paste -sd'|'))\$" >"$retry_log" 2>&1 || return 1
	[ "$(count PASS "$retry_log")" -gt 0 ] || return 1
	result["$1 $2"]="passed, at the second try: $(echo "$failed" | paste -sd' ')"
}

# test_release KIND RELEASE runs the tests and records their result.
test_release() {
	local run="$1 $2" file start=$SECONDS
	file=$(log_of "$1" "$2")
	result[$run]=passed
	run_tests "$1" "$2" >"$file" 2>&1 && [ "$(count PASS "$file")" -gt 0 ] || retry "$1" "$2" "$file" || result[$run]=FAILED
	counts[$run]="$(count 'PASS|SKIP|FAIL' "$file") | $(count PASS "$file") | $(count SKIP "$file")"
	log "$run: ${result[$run]}, $(count PASS "$file") tests passed," \
		"$(count SKIP "$file") skipped, $(count FAIL "$file") failed ($((SECONDS - start)) s)"
	if [ "${result[$run]}" = FAILED ]; then
		log "the end of $file:"
		grep -vE '^(=== |PASS$)|^ *--- PASS' "$file" | tail -n 100 >&2
	fi
}

# build_binary builds the tests with the oldest available release: a binary runs with
# the C library that it was built with and with later ones.
build_binary() {
	local release=${available[0]} start=$SECONDS package file built=true
	for package in "${binaries[@]}"; do
		file=$logs/$(basename "$package").test
		# shellcheck disable=SC2016 # expanded where it runs
		inside "$release" sh -c 'dir=$(mktemp -d) && go test -c -o "$dir/tests" "./$1" >&2 && cat "$dir/tests" && rm -r "$dir"' sh "$package" \
			>"$file" 2>"$logs/build.log" && chmod +x "$file" || { built=false; break; }
	done
	if $built; then
		log "the one binary was built with $release ($((SECONDS - start)) s)"
		return
	fi
	log "the one binary cannot be built with $release:"
	cat "$logs/build.log" >&2
	for release in "${available[@]}"; do
		result["one binary $release"]='FAILED to build'
	done
	return 1
}

# table prints the results of all runs.
table() {
	local release kind run
	echo '| Ceph | Debian has | | | tests | passed | skipped |'
	echo '|---|---|---|---|---|---|---|'
	for release in "${releases[@]}"; do
		for kind in "${kinds[@]}"; do
			run="$kind $release"
			[ -n "${result[$run]:-}" ] || continue
			echo "| $release | $(version "$release") | $kind | ${result[$run]% (see *)} | ${counts[$run]:- | | } |"
		done
	done
}

# skipped lists the skipped tests with their reasons.
skipped() {
	local release kind file
	for release in "${available[@]}"; do
		for kind in "${kinds[@]}"; do
			file=$(log_of "$kind" "$release")
			[ -f "$file" ] || continue
			awk -v run="$release, $kind" '
				/^=== / { test = $3; next }
				/^ *--- SKIP: / { print "- " run ": `" $3 "`: " reason[$3]; next }
				sub(/^ +[a-z_0-9]+\.go:[0-9]+: /, "") { reason[test] = $0 }' "$file"
		done
	done
}

document() {
	cat <<-END
		# Test runs with each release

		Written by \`make test-releases\`. Each release has its own cluster. An own build is made
		with the release's headers and library; the one binary was built with Ceph
		${available[0]:-none} and runs with the library of each, on encrypted connections.
		$(! $brief || echo "Everyday tests only (\`--brief\`); all tests, on encrypted connections, with $today.")

		$(table)

		Skipped:

		$(skipped)
	END
}

# test_briefly runs the one binary with all releases but the installed one.
test_briefly() {
	local release
	today=${available[$((10#$(date +%j) % ${#available[@]}))]}
	for release in "${available[@]}"; do
		if [ "$release" != "$host_release" ] || [ "$release" = "$today" ]; then
			test_release 'one binary' "$release"
		fi
	done
}

# test_everything runs own builds and the one binary; the installed release is last, since
# make test-all has tested it.
test_everything() {
	local release
	for release in "${available[@]}"; do
		[ "$release" = "$host_release" ] || test_release 'own build' "$release"
	done
	if build_binary; then
		for release in "${available[@]}"; do
			test_release 'one binary' "$release"
		done
	fi
	for release in "${available[@]}"; do
		[ "$release" != "$host_release" ] || test_release 'own build' "$release"
	done
	go run ./internal/test/cephcases -run=false >"$logs/conformance.log" 2>&1 || true
}

main() {
	local release failed
	if [ "${1:-}" = --brief ]; then
		brief=true kinds=('one binary')
		shift
	fi
	read -ra releases <<<"${*:-$(debian_releases | cut -d' ' -f1 | tr '\n' ' ')}"
	rm -rf "$logs"
	mkdir -p "$logs" out
	[ "$(id -u)" != 0 ] || scripts/setup.sh debootstrap || true
	go list -deps -test work >/dev/null # downloads what the roots need, which have no network

	for release in "${releases[@]}"; do
		prepare "$release"
	done
	if [ ${#available[@]} = 0 ]; then
		log "no release is available"
	elif $brief; then
		! build_binary || test_briefly
	else
		test_everything
	fi

	failed=$(printf '%s\n' "${result[@]}" | grep -c FAILED || true)
	document >out/releases.md
	log "the output of all tests is in $logs; the runs took $((SECONDS / 60)) minutes"
	table
	for release in "${available[@]}"; do
		grep -E '^(ok  |FAIL|panic:)[[:space:]]' "$(log_of 'own build' "$release")" 2>/dev/null || true
	done
	[ "$failed" = 0 ]
}

main "$@"
