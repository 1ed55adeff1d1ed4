#!/bin/sh
# Debian in a folder: a root for each Ceph release, with its daemons, its
# librados and a C compiler. They are kept in .cache/roots/RELEASE.
#
# Usage: scripts/debian-root.sh make RELEASE
#        scripts/debian-root.sh run RELEASE COMMAND [ARGUMENT...]
#
# make makes a root unless it exists. If it cannot, it prints the reason to stderr and
# exits with 1. run runs a command as root in the root, in /go-rados, which is this
# project, read-only like Go and its module cache. Both use namespaces, so that mounts
# and processes end with the command. The environment of the command is empty except
# for RADOS_TEST_WIRE and RADOS_TEST_CLUSTER.
#
# It needs root, debootstrap and some 2 GB for each release. DEBIAN_MIRROR and
# DEBIAN_KEYRING are as for scripts/headers.sh.
set -eu

cd "$(dirname "$0")/.."
# shellcheck source=scripts/debian-releases.sh
. scripts/debian-releases.sh

self=$PWD/scripts/debian-root.sh
roots=$PWD/.cache/roots
work=

packages='ceph-mon ceph-mgr ceph-osd ceph-common librados-dev libradosstriper-dev gcc libc6-dev'

log() { echo "debian-root: $*" >&2; }

# isolated runs a command of this script in namespaces. All its processes end with the
# first one.
isolated() {
	unshare --mount --pid --fork --kill-child --propagation private "$self" "$@"
}

# in_root ROOT COMMAND... runs a command in a root, after _mounts, with this
# environment, and RADOS_TEST_WIRE and RADOS_TEST_CLUSTER if they are set.
in_root() {
	root=$1
	shift
	env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		${RADOS_TEST_WIRE:+RADOS_TEST_WIRE="$RADOS_TEST_WIRE"} \
		${RADOS_TEST_CLUSTER:+RADOS_TEST_CLUSTER="$RADOS_TEST_CLUSTER"} \
		PATH="${GOROOT:-/usr}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
		chroot "$root" "$@"
}

_mounts() {
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
}

# read_only DIR AT mounts a folder without the mounts in it.
read_only() {
	mkdir -p "$2"
	mount -o bind,ro "$1" "$2"
}

# _bootstrap ROOT SUITE fills a root. It removes the address of the archive and the
# configuration of apt again.
_bootstrap() {
	root=$1 suite=$2
	source=$(debian_source "$suite")
	keyring=$(echo "$source" | sed -n 's/.*signed-by=\([^]]*\)\].*/\1/p')
	mount -t proc proc /proc
	debootstrap --variant=minbase ${keyring:+--keyring="$keyring"} "$suite" "$root" "$(debian_mirror)"

	_mounts "$root"
	[ -z "$keyring" ] || install -D -m 644 "$keyring" "$root$keyring"
	echo "$source" >"$root/etc/apt/sources.list"
	apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/99outside" || true
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/quick"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # start no service
	chmod +x "$root/usr/sbin/policy-rc.d"
	in_root "$root" apt-get update -q
	# shellcheck disable=SC2086 # a list of words
	in_root "$root" apt-get install -q -y --no-install-recommends $packages

	echo '127.0.0.1 localhost' >"$root/etc/hosts"
	rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/apt.conf.d/99outside" "$root/etc/resolv.conf" \
		"$root/var/lib/apt/lists" "$root/var/cache/apt" "$root/var/log" "$root/debootstrap"
	mkdir "$root/var/log"
	# shellcheck disable=SC2016 # it is dpkg-query's
	in_root "$root" dpkg-query -W -f '${Version}' librados-dev >"$root/version"
}

# _run ROOT GOROOT GOMODCACHE COMMAND...
_run() {
	root=$1 GOROOT=$2 modules=$3
	shift 3
	_mounts "$root"
	read_only "$GOROOT" "$root$GOROOT"
	sources=$(dirname "$(readlink -f "$GOROOT/src")") # Debian's packages of Go have them elsewhere
	[ "$sources" = "$GOROOT" ] || read_only "$sources" "$root$sources"
	read_only "$modules" "$root$modules"
	read_only "$PWD" "$root/go-rados"
	in_root "$root" env --chdir /go-rados GOMODCACHE="$modules" GOPROXY=off GOTOOLCHAIN=local GOFLAGS=-buildvcs=false "$@"
}

cleanup() { [ -z "$work" ] || rm -rf --one-file-system "$work"; }
trap cleanup EXIT
trap 'rm -f "$roots/${release:-}.log"; exit 130' INT TERM

make() {
	release=$1 root=$roots/$1
	if ! suite=$(debian_suite "$release"); then
		log "no known suite has release $release; see scripts/debian-releases.sh"
		exit 2
	fi
	if [ "$(id -u)" != 0 ]; then
		log "making and using Debian $suite needs root"
		exit 1
	fi
	if [ -f "$root/version" ]; then
		return
	fi
	if ! command -v debootstrap >/dev/null; then
		log "debootstrap is missing"
		exit 1
	fi
	mkdir -p "$roots"
	rm -rf --one-file-system "$root" "$roots/.make-$release".*
	work=$(mktemp -d "$roots/.make-$release.XXXXXX")
	chmod 755 "$work"
	if ! isolated _bootstrap "$work" "$suite" >"$roots/$release.log" 2>&1; then
		sed -i -E 's#(https?://)[^/ ]+#\1…#g' "$roots/$release.log" # hide the address of the archive
		log "Debian $suite is not available: $(grep '^E: ' "$roots/$release.log" | tail -n 1 || true) (see $roots/$release.log)"
		exit 1
	fi
	version=$(cat "$work/version")
	case $version in
	"$release".*) ;;
	*)
		log "Debian $suite now carries Ceph $version; scripts/debian-releases.sh needs another suite"
		exit 1
		;;
	esac
	mv "$work" "$root"
	work=
	rm -f "$roots/$release.log"
}

command=$1
shift
case $command in
make) make "$@" ;;
run)
	release=$1
	shift
	trap - EXIT
	exec unshare --mount --pid --fork --kill-child --propagation private \
		"$self" _run "$roots/$release" "$(go env GOROOT)" "$(go env GOMODCACHE)" "$@"
	;;
_bootstrap | _run)
	trap - EXIT INT TERM
	"$command" "$@"
	;;
*)
	log "unknown command $command"
	exit 2
	;;
esac
