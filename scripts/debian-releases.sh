# The Debian suite of each Ceph release, and the Debian archive of this machine. To be
# sourced. It needs apt, but does not change its configuration.
# shellcheck shell=sh

# debian_releases prints the table: a Ceph release, the suite that has it.
debian_releases() {
	cat <<-'END'
		14.2 bullseye
		16.2 bookworm
		18.2 trixie
		20.2 sid
	END
}

# debian_suite RELEASE prints the suite of a release, or fails.
debian_suite() {
	debian_releases | awk -v release="$1" '
		$1 == release { print $2; found = 1 }
		END { exit !found }'
}

# debian_source SUITE prints the line of a sources.list for the main component of a
# suite. The archive is $DEBIAN_MIRROR, or else the configured one; likewise the
# keyring.
debian_source() {
	if [ -n "${DEBIAN_MIRROR:-}" ]; then
		# shellcheck disable=SC2086 # not quoted, so that an empty keyring is dropped
		set -- "$1" "$DEBIAN_MIRROR" ${DEBIAN_KEYRING:-}
	else
		# shellcheck disable=SC2046 # two words are wanted
		set -- "$1" $(_debian_archive)
	fi
	if [ -z "${2:-}" ]; then
		echo "no Debian archive is configured in apt here; set DEBIAN_MIRROR to the address of one" >&2
		return 1
	fi
	keyring=${3:-/usr/share/keyrings/debian-archive-keyring.gpg}
	if [ -e "$keyring" ]; then
		echo "deb [signed-by=$keyring] $2 $1 main"
	else
		echo "deb $2 $1 main"
	fi
}

# debian_mirror prints the address of the archive.
debian_mirror() {
	debian_source any | awk '{ print $(NF - 2) }'
}

# _debian_archive prints the address of the configured Debian archive and its keyring,
# if one is configured. Other vendors use the same names of suites and components, so
# an archive with Debian's name or key is preferred.
_debian_archive() {
	_debian_configured | awk -v codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" '
		$2 != codename && $2 !~ /^(oldoldstable|oldstable|stable|testing|unstable|sid)$/ { next }
		{ rank = ($2 != codename) + 2 * !($1 ~ /\/[^\/]*debian[^\/]*\/?$/ || $3 ~ /debian-archive/) }
		best == "" || rank < least { best = $1 " " $3; least = rank }
		END { print best }'
}

# _debian_configured prints an address, a suite and possibly a keyring for each binary
# package source of apt that has a component main.
_debian_configured() {
	eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
	# shellcheck disable=SC2154 # list and parts are set by the line above
	set -- "$list" "$parts"
	for file in "$1" "$2"/*.list; do
		[ -f "$file" ] && _one_line_sources "$file"
	done
	for file in "$2"/*.sources; do
		[ -f "$file" ] && _deb822_sources "$file"
	done
	return 0
}

_one_line_sources() {
	awk '
		$1 != "deb" { next }
		{
			sub(/#.*/, "")
			sub(/^[ \t]*deb[ \t]+/, "")
			keyring = ""
			if (match($0, /^\[[^]]*\]/)) {
				n = split(substr($0, 2, RLENGTH - 2), option, /[ \t]+/)
				$0 = substr($0, RLENGTH + 1)
				for (i = 1; i <= n; i++)
					if (sub(/^signed-by=/, "", option[i])) keyring = option[i]
			}
			for (i = 3; i <= NF; i++)
				if ($i == "main") print $1, $2, keyring
		}' "$1"
}

_deb822_sources() {
	awk '
		function flush(   n, m, i, j, uri, suite, keyring) {
			keyring = field["signed-by"]
			if (keyring !~ /^[ \t]*\//) keyring = "" # a key, not the name of its file
			if ((" " field["types"] " ") ~ / deb / && (" " field["components"] " ") ~ / main / &&
			    field["enabled"] !~ /no|false|off|disable/) {
				n = split(field["uris"], uri)
				m = split(field["suites"], suite)
				for (i = 1; i <= n; i++)
					for (j = 1; j <= m; j++) print uri[i], suite[j], keyring
			}
			split("", field)
		}
		/^#/ { next }
		/^[ \t]*$/ { flush(); next }
		/^[ \t]/ { field[name] = field[name] " " $0; next }
		{
			name = tolower($0)
			sub(/:.*/, "", name)
			sub(/^[^:]*:/, "")
			$1 = $1
			field[name] = $0
		}
		END { flush() }' "$1"
}
