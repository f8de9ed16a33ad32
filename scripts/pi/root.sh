# A whole Debian for another machine, unpacked on this one. Its maintainer scripts would
# need that machine (or binfmt_misc, which many kernels of CI lack), so the little that
# they do for systemd to boot is done here.

# system_root ARCH PACKAGE...: prints the archive (cpio, compressed) of a system that
# boots to systemd with those packages; made once.
system_root() {
	local arch=$1 archive=$cache/system-$1.gz stamp root=$work/system-root deb
	shift
	stamp="2 $*" # the number changes when what is done below does
	if [ "$(cat "$archive.from" 2>/dev/null)" != "$stamp" ]; then
		{
			[ -n "$(find "$cache/apt-$arch/state/lists" -name '*Packages*' -mmin -60 2>/dev/null)" ] || foreign_apt "$arch" update
			foreign_apt "$arch" -y --no-install-recommends --download-only install "$@"
			mkdir -p "$root"/usr/{bin,sbin,lib} "$root"/{dev,proc,sys,run,root,tmp,etc/alternatives} "$root/var/lib/dpkg/info"
			for deb in bin sbin lib; do ln -s usr/$deb "$root/$deb"; done
			for deb in "$cache/apt-$arch"/cache/archives/*.deb; do
				dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner \
					--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./usr/lib/udev/hwdb.d/*'
				# dpkg in the guest believes that it has configured all of them itself.
				dpkg-deb --field "$deb" | sed 's/^Package: .*/&\nStatus: install ok installed/'
				printf '\n'
				dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's/^\.//; s,\(.\)/$,\1,; s,^/$,/.,' >"$root/var/lib/dpkg/info/$(dpkg-deb --field "$deb" Package).list"
			done >"$root/var/lib/dpkg/status"
			cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
			cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
			ln -s mawk "$root/usr/bin/awk"
			ln -sf bash "$root/usr/bin/sh"
			# Without a number the first boot asks its user for a time zone and a password.
			printf '%032x\n' 1 >"$root/etc/machine-id"
			printf 'virtual-pi\n' >"$root/etc/hostname"
			chmod 1777 "$root/tmp"
			(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --owner=0:0) | gzip -1 >"$archive"
		} >&2
		printf '%s\n' "$stamp" >"$archive.from"
	fi
	printf '%s\n' "$archive"
}
