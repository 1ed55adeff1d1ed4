#!/bin/sh
# Installs the missing packages for building and testing, on Debian and its
# relatives; elsewhere it lists them. It needs root only if a package is missing.
#
# Usage: scripts/setup.sh [WHAT...]   programs of packages of the same name, or
#                                     programs and headers with the package, WHAT=PACKAGE
set -eu

log() { echo "setup: $*" >&2; }

# Programs and headers, and the Debian package of each.
needs='
make            make
gcc             gcc
ceph-mon        ceph-mon
ceph-mgr        ceph-mgr
ceph-osd        ceph-osd
ceph-authtool   ceph-common
monmaptool      ceph-base
rados/librados.h librados-dev
radosstriper/libradosstriper.h libradosstriper-dev
rbd/librbd.h     librbd-dev
cephfs/libcephfs.h libcephfs-dev
stdlib.h        libc6-dev
'
for what; do
	needs="$needs${what%%=*} ${what#*=}
"
done

have() {
	case $1 in
	*.h) [ -e "/usr/include/$1" ] || printf '#include <%s>\n' "$1" | gcc -E - >/dev/null 2>&1 ;;
	*) PATH=$PATH:/usr/sbin:/usr/bin command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# missing prints the packages that are missing.
missing() {
	echo "$needs" | while read -r what package; do
		[ -z "$what" ] || have "$what" || echo "$package"
	done | sort -u | paste -sd' ' -
}

check_go() {
	if ! command -v go >/dev/null 2>&1; then
		log "Go is missing: install Go 1.25 or later and put it on PATH"
		exit 1
	fi
	version=$(go env GOVERSION)
	minor=${version#devel } # a Go built from source: "devel go1.27-…"
	minor=${minor#go1.}
	minor=${minor%%[!0-9]*}
	if [ "${minor:-0}" -lt 25 ]; then
		log "Go 1.25 or later is needed; this is $version"
		exit 1
	fi
}

install() {
	if ! command -v apt-get >/dev/null 2>&1; then
		log "missing here: $*"
		log "these are Debian's names; install the packages of your system, then run this again"
		exit 1
	fi
	if [ "$(id -u)" = 0 ]; then
		sudo=
	elif command -v sudo >/dev/null 2>&1; then
		sudo=sudo
	else
		log "these packages are missing; run as root: apt-get update && apt-get install --no-install-recommends $*"
		exit 1
	fi
	log "installing $*"
	output=$(mktemp)
	# An outdated list of packages may name files that no longer exist.
	if $sudo apt-get update -q >"$output" 2>&1 &&
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >>"$output" 2>&1; then
		rm -f "$output"
		return
	fi
	tail -n 20 "$output" >&2
	log "apt-get failed; its output is in $output"
	exit 1
}

check_go
packages=$(missing)
if [ -n "$packages" ]; then
	# shellcheck disable=SC2086 # a list of words
	install $packages
	packages=$(missing)
	[ -z "$packages" ] || { log "still missing after the installation: $packages"; exit 1; }
fi
