#!/bin/sh
# Prints the newest release of go-ceph that can be downloaded, or VERSION, with a message, where there is
# no list of releases or the newest of them is refused, as some proxies do.
#
# Usage: scripts/newest-go-ceph.sh VERSION
set -eu

module=github.com/ceph/go-ceph
cd "$(mktemp -d)" # no go.mod has a say
trap 'rm -rf "$PWD"' EXIT
newest=$(go list -m -versions -f '{{range .Versions}}{{println .}}{{end}}' $module 2>error | grep -v -e - | tail -n 1)
if [ -z "$newest" ] || ! go mod download "$module@$newest" 2>error; then
	echo "newest-go-ceph: taking $1, since the newest release cannot be had: $(head -n 1 error)" >&2
	newest=$1
fi
echo "$newest"
