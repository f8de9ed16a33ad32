# The system: a whole Debian with systemd on the same machine, and our package. Sourced
# by scripts/test-pi.

system_packages=(systemd systemd-sysv udev dbus kmod procps iproute2 util-linux bash coreutils dpkg perl-base
	init-system-helpers mawk grep sed diffutils findutils base-files base-passwd libc-bin login passwd busybox-static debianutils tar gzip)

run_system() {
	section "system: Debian with systemd on a Pi 3"
	need go make qemu-system-aarch64 cpio gzip xz dpkg-deb apt-get
	local kernel archive ours=$work/ours
	kernel=$(package linux-image arm64 bookworm-backports)
	archive=$(system_root arm64 "${system_packages[@]}")
	make -s cross-arm64
	DEB_VERSION=0.0.1 scripts/deb arm64

	mkdir -p "$ours/pi" "$ours/usr/bin" "$ours/etc/systemd/system/multi-user.target.wants"
	cp dist/quietstat_0.0.1_arm64.deb "$ours/pi/quietstat.deb"
	cp scripts/pi/board.toml "$ours/pi/quietstat.toml"
	cp scripts/pi/kernel-says "$ours/pi/"
	cp scripts/pi/system "$ours/pi/steps"
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$ours/usr/bin/cuse" ./drivers/sim/cuse
	printf '#!/bin/sh\nexec sleep "$(echo "$1" | sed "s/......$/.&/")"\n' >"$ours/usr/bin/usleep"
	chmod 755 "$ours/usr/bin/usleep"
	module "$kernel" fuse "$ours/pi"
	module "$kernel" cuse "$ours/pi"
	cat >"$ours/etc/systemd/system/steps.service" <<-'END'
		[Unit]
		After=multi-user.target
		[Service]
		Type=oneshot
		ExecStart=/bin/sh /pi/steps
		StandardOutput=tty
		StandardError=journal
		TTYPath=/dev/console
		TimeoutStartSec=infinity
	END
	ln -s ../steps.service "$ours/etc/systemd/system/multi-user.target.wants/steps.service"
	cat "$archive" <(cd "$ours" && find . | cpio -o -H newc --quiet --owner=0:0 | gzip -1) >"$work/system.gz"
	# Nobody logs in, and what a first boot makes of /usr takes a minute in emulation.
	local without="systemd.getty_auto=no systemd.condition_needs_update=no" unit
	for unit in dbus.service dbus.socket systemd-logind.service systemd-user-sessions.service systemd-random-seed.service \
		systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-tmpfiles-clean.timer; do
		without+=" systemd.mask=$unit"
	done
	boot "$kernel" "$work/system.gz" "rdinit=/sbin/init $without ${PI_ARGUMENTS:-systemd.show_status=false quiet}" \
		"$(($(grep -c '^check ' scripts/pi/system) + 2))" # one of them is said of two roles
}
