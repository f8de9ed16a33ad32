# The board: our binary, busybox and a kernel, nothing else. Sourced by scripts/test-pi.

run_board() {
	section "board: a Pi 3 with Debian's kernel"
	need go make qemu-system-aarch64 cpio gzip xz dpkg-deb apt-get
	local kernel busybox root=$work/board
	# The kernel of the series that Raspberry Pi OS has. It knows persist_gpio_outputs,
	# which that has switched on: outputs stay driven when their holder dies.
	kernel=$(package linux-image arm64 bookworm-backports)
	busybox=$(package busybox-static arm64 bookworm)
	printf '%s\n%s\n' "$(cat "$kernel/from")" "$(cat "$busybox/from")"
	make -s cross-arm64 cross-armv6

	mkdir -p "$root"/{bin,dev,proc,sys,etc,modules}
	cp "$busybox/bin/busybox" "$root/bin/"
	cp dist/quietstat-linux-arm64 "$root/bin/quietstat"
	cp dist/quietstat-linux-armv6 "$root/bin/quietstat-armv6"
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$root/bin/cuse" ./drivers/sim/cuse
	module "$kernel" fuse "$root/modules"
	module "$kernel" cuse "$root/modules"
	cp scripts/pi/board.toml "$root/etc/quietstat.toml"
	printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
	cp scripts/pi/kernel-says "$root/kernel-says"
	cp scripts/pi/board "$root/steps"
	install -m 755 scripts/pi/board-init "$root/init"
	(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/board.gz"

	boot "$kernel" "$work/board.gz" "rdinit=/init" "$(grep -c '^check ' scripts/pi/board)"
}
