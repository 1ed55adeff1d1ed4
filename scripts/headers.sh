#!/bin/sh
# Fetches the headers of librados and libradosstriper of each Ceph release from Debian's
# packages into .cache/headers/RELEASE/include, for the generator and its tests.
# Headers that exist are not fetched again.
#
# Usage: scripts/headers.sh [--lenient] [RELEASE...]
#
# It exits with 1 if a release is not available, with --lenient only if none is.
# DEBIAN_MIRROR overrides the archive that apt is configured for, and
# DEBIAN_KEYRING the keyring that signs it.
set -eu

cd "$(dirname "$0")/.."
# shellcheck source=scripts/debian-releases.sh
. scripts/debian-releases.sh

cache=$PWD/.cache/headers
work=

log() { echo "headers: $*" >&2; }

cleanup() { [ -z "$work" ] || rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

# quietly runs a command and prints its output only if it fails.
quietly() {
	"$@" >"$work/log" 2>&1 || {
		grep -E '^(E|W|Err):?' "$work/log" >&2 || tail -n 5 "$work/log" >&2
		return 1
	}
}

# private_apt SUITE configures apt in $work, apart from the machine's package lists,
# cache and hooks. Only the network settings are copied.
private_apt() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	: >"$work/status"
	debian_source "$1" >"$work/sources.list" || return 1
	{
		apt-config dump | grep '^Acquire::' || true
		cat <<-END
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::sourcelist "$work/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::State "$work";
			Dir::State::lists "$work/lists";
			Dir::State::status "$work/status";
			Dir::Cache "$work/cache";
			Acquire::Languages "none";
			APT::Update::Error-Mode "any";
			APT::Sandbox::User "root"; # $work may be out of reach for apt's own user
		END
	} >"$work/apt.conf"
}

# download SUITE puts the suite's packages into $work.
download() {
	private_apt "$1" || return 1
	(
		cd "$work"
		export APT_CONFIG="$work/apt.conf"
		quietly apt-get update && quietly apt-get download librados-dev libradosstriper-dev
	)
}

# unpack VERSION DIR puts the headers of the packages in $work into DIR, all or nothing. The
# commands are chained since sh ignores "set -e" in the condition of an "if".
unpack() {
	dpkg-deb -x "$work"/librados-dev_*.deb "$work/root" &&
		dpkg-deb -x "$work"/libradosstriper-dev_*.deb "$work/root" &&
		mkdir "$work/release" &&
		mv "$work/root/usr/include" "$work/release" &&
		echo "$1" >"$work/release/version" &&
		rm -rf "$2" &&
		mv "$work/release" "$2"
}

# fetch RELEASE SUITE fills the cache of one release.
fetch() {
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/.fetch.XXXXXX")
	if ! download "$2"; then
		log "$1 not fetched: librados-dev and libradosstriper-dev are not available from Debian $2"
		return 1
	fi
	deb=$(echo "$work"/librados-dev_*.deb)
	version=$(dpkg-deb -f "$deb" Version) || version=unreadable
	case $version in
	"$1".*) ;;
	*)
		log "$1 not fetched: Debian $2 now carries $version; scripts/debian-releases.sh needs another suite"
		return 1
		;;
	esac
	if ! unpack "$version" "$cache/$1"; then
		log "$1 not fetched: cannot unpack $deb"
		return 1
	fi
	log "$1 is librados-dev $version of Debian $2"
}

# cached RELEASE reports whether the cache has the headers of a release.
cached() {
	[ -f "$cache/$1/include/rados/librados.h" ] &&
		[ -f "$cache/$1/include/radosstriper/libradosstriper.h" ] && [ -f "$cache/$1/version" ]
}

main() {
	lenient=false
	if [ "${1:-}" = --lenient ]; then
		lenient=true
		shift
	fi
	# shellcheck disable=SC2046 # one word a release
	[ $# -gt 0 ] || set -- $(debian_releases | cut -d' ' -f1)
	had=0 failed=0
	for release; do
		if ! suite=$(debian_suite "$release"); then
			log "no known suite has release $release; see scripts/debian-releases.sh"
			exit 2
		fi
		if cached "$release" || fetch "$release" "$suite"; then
			had=$((had + 1))
		else
			failed=$((failed + 1))
		fi
		cleanup
		work=
	done
	[ $failed -eq 0 ] || { $lenient && [ $had -gt 0 ]; }
}

main "$@"
