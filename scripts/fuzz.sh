#!/bin/sh
# Runs every fuzz target of the module, one after the other. It finds them in all test
# files.
#
# Usage: scripts/fuzz.sh TIME [PATTERN]
#
# TIME is the time or count for each target, as in go test -fuzztime: 5s, or 1000x.
# PATTERN selects targets. A target without a committed corpus (testdata/fuzz/TARGET) is an
# error. go test adds a failing input there: fix the bug, and give the input a descriptive
# name.
set -eu

cd "$(dirname "$0")/.."
time=$1 pattern=${2:-.}

# Targets, each as "folder name".
targets=$(git -c safe.directory='*' ls-files --cached --others --exclude-standard '*_test.go' | sort | while read -r file; do
	sed -n "s|^func \\(Fuzz[A-Za-z0-9_]*\\)(.*|./$(dirname "$file") \\1|p" "$file"
done)
[ -n "$targets" ] || { echo "fuzz: there are no targets" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=$(go env GOCACHE)/fuzz # as go test -fuzz has it

# binary FOLDER is its test binary, which is built once.
binary() { echo "$work/$(echo "$1" | tr / _).test"; }

# fuzz FOLDER NAME fuzzes one target.
fuzz() {
	binary=$(binary "$1")
	[ -x "$binary" ] || go test -c -fuzz=Fuzz -o "$binary" "$1" || return
	corpus=$cache/$(go list "$1")
	mkdir -p "$corpus"
	(cd "$1" && "$binary" -test.paniconexit0 -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.fuzzcachedir "$corpus")
}

failed=
count=0
while read -r folder name; do
	echo "$name" | grep -qE -e "$pattern" || continue
	count=$((count + 1))
	echo "fuzz: $folder $name"
	if ! [ -d "$folder/testdata/fuzz/$name" ]; then
		echo "fuzz: $folder/testdata/fuzz/$name is missing" >&2
		failed="$failed $name"
	fi
	if ! out=$(fuzz "$folder" "$name" </dev/null 2>&1); then
		echo "$out"
		failed="$failed $name"
		continue
	fi
	echo "$out" | tail -n 2 | head -n 1
done <<EOT
$targets
EOT
[ "$count" -gt 0 ] || { echo "fuzz: no target matches $pattern" >&2; exit 1; }
[ -z "$failed" ] || { echo "fuzz: failed:$failed" >&2; exit 1; }
echo "fuzz: $count targets"
