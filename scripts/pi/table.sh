# A guest is started, and what it says on its console becomes a table.

# boot KERNEL INITRD ARGUMENTS ROWS: a Pi 3 runs until it says that it is done; ROWS is
# how many steps it has. Debian's kernel has persist_gpio_outputs switched off and
# Raspberry Pi OS has it on: outputs stay driven when their holder dies.
boot() {
	local begun=$SECONDS
	: >"$work/console"
	qemu-system-aarch64 -M raspi3b -display none -monitor none -no-reboot -serial "file:$work/console" \
		-kernel "$1"/boot/vmlinuz-* -dtb "$(find "$1/usr/lib" -name bcm2837-rpi-3-b.dtb)" -initrd "$2" \
		-append "console=ttyAMA0,115200 panic=1 iomem=relaxed pinctrl_bcm2835.persist_gpio_outputs=1 $3" &
	guest=$!
	watch_guest "$guest" "$work/console" "${PI_LIMIT:-900}"
	guest=
	if [ -n "${PI_LOG:-}" ]; then cp "$work/console" "$PI_LOG"; fi
	verdict "$work/console" "$4"
	printf 'booted, run and ended in %d s\n' $((SECONDS - begun))
}

# watch_guest PID CONSOLE LIMIT: prints the rows as they come and waits for "@end", then
# ends the machine, which cannot end itself.
watch_guest() {
	local end=$((SECONDS + $3))
	tail -n +1 -f --pid="$1" "$2" | tr -d '\r' | sed -un 's/^@row //p' | awk -F ' [|] ' '
		BEGIN { printf "%-52s | %-90s | %s\n", "step", "what the kernel said", "verdict" }
		{ printf "%-52s | %-90s | %s\n", $1, $2, $3; fflush() }
	' &
	until grep -q '^@end' "$2"; do
		local why=
		if ! kill -0 "$1" 2>/dev/null; then
			why="the machine ended before its steps did"
		elif [ $SECONDS -ge $end ]; then
			why="the guest did not come to its end in $3 s"
			kill "$1"
		fi
		if [ -n "$why" ]; then
			tail -n 20 "$2" >&2
			if [ -n "${PI_LOG:-}" ]; then cp "$2" "$PI_LOG"; fi
			fail "$why"
		fi
		sleep 1
	done
	kill "$1" 2>/dev/null || true
	wait 2>/dev/null || true
}

# verdict CONSOLE STEPS: fails on a bad row, and on another number of rows than STEPS.
verdict() {
	tr -d '\r' <"$1" | sed -n 's/^@row //p' >"$work/rows"
	local rows bad
	rows=$(wc -l <"$work/rows")
	bad=$(awk -F ' [|] ' '$3 != "ok"' "$work/rows" | wc -l)
	if [ "$bad" -ne 0 ] || [ "$rows" -ne "$2" ]; then
		grep -v '^@row' "$1" | tail -n 20 >&2
		fail "$bad of $rows steps went wrong; there are $2"
	fi
}
