# Debian packages for another machine, downloaded and not installed. apt works on
# folders of its own, so the machine's list of architectures and packages stays as it is.

# foreign_apt ARCH COMMAND...: apt-get for that machine.
foreign_apt() {
	local arch=$1 root=$cache/apt-$1
	shift
	mkdir -p "$root"/state/lists/partial "$root"/cache/archives/partial "$root"/etc/apt.conf.d "$root"/etc/preferences.d
	touch "$root/status"
	local signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	printf 'deb %s %s %s main\n' \
		"$signed" http://deb.debian.org/debian bookworm \
		"$signed" http://deb.debian.org/debian bookworm-backports \
		"$signed" http://deb.debian.org/debian-security bookworm-security >"$root/etc/sources.list"
	cat >"$root/apt.conf" <<-END
		Dir "$root";
		Dir::State "$root/state";
		Dir::State::status "$root/status";
		Dir::Cache "$root/cache";
		Dir::Etc "$root/etc";
		Dir::Etc::sourceparts "-";
		APT::Architecture "$arch";
		APT::Architectures "$arch";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
	END
	APT_CONFIG=$root/apt.conf apt-get -q -q "$@"
}

# package NAME ARCH SUITE: prints the folder with the package unpacked, in which the
# file "from" names it. A kernel is asked for by its meta package and found behind it.
package() {
	local name=$1 arch=$2 suite=$3 folder=$cache/$1-$2
	if [ ! -e "$folder/from" ]; then
		(
			set -e
			rm -rf "$folder" "$folder.part"
			mkdir -p "$folder.part/deb"
			cd "$folder.part/deb"
			[ -n "$(find "$cache/apt-$arch/state/lists" -name '*Packages*' -mmin -60 2>/dev/null)" ] || foreign_apt "$arch" update
			if [ "$name" = linux-image ]; then
				name=$(APT_CONFIG=$cache/apt-$arch/apt.conf apt-cache show "linux-image-$arch/$suite" |
					sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p' | head -n 1)
			fi
			foreign_apt "$arch" download "$name/$suite"
			set -- *.deb
			dpkg-deb -x "$1" ..
			printf '%s\n' "$1" >../from
			rm "$1"
		) >&2
		mv "$folder.part" "$folder"
	fi
	printf '%s\n' "$folder"
}

# module KERNEL NAME TO: one module of a kernel package, unpacked.
module() {
	local file
	file=$(find "$1/lib/modules" -name "$2.ko" -o -name "$2.ko.xz" | head -n 1)
	case $file in
	*.xz) xz -dc "$file" >"$3/$2.ko" ;;
	*.ko) cp "$file" "$3/$2.ko" ;;
	*) grep -q "/$2\.ko\$" "$1"/lib/modules/*/modules.builtin || fail "this kernel has no $2" ;;
	esac
}
