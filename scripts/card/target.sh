# Where the image goes: a new file, or a disk that nothing uses. Sourced by scripts/flash.
# FLASH_MACHINE is a folder with a made-up dev, sys and proc, for scripts/test-flash.

no_target() {
	printf 'flash: %s: %s; expected a new file, or an SD card that nothing uses; %s\n' "$target" "$1" "$2" >&2
	exit 1
}

# judge_target: before anything is done. Sets $disk if it is a disk.
judge_target() {
	local machine=${FLASH_MACHINE:-} name sys
	disk=
	case $target in
	/dev/*) ;;
	*)
		if [ -e "$target" ] || [ -e "$target.part" ]; then no_target 'it exists already' 'name a new file, or remove that one and its .part'; fi
		if [ ! -d "$(dirname -- "$target")" ]; then no_target 'its folder does not exist' 'make the folder'; fi
		return
		;;
	esac
	# By whatever name it came: /dev/disk/by-id is full of links.
	if [ -z "$machine" ] && [ -e "$target" ]; then target=$(readlink -f -- "$target"); fi
	name=${target#/dev/} sys=$machine/sys/class/block/${target#/dev/}
	if [ ! -d "$sys" ]; then no_target 'there is no such disk' 'lsblk lists them'; fi
	if [ -e "$sys/partition" ]; then no_target 'it is a partition' 'name the whole disk, without the number'; fi
	unused "$sys" "$name"
	if [ "$(cat "$sys/ro")" != 0 ]; then no_target 'it is write-protected' 'move the slider on the side of the card'; fi
	if [ "$(cat "$sys/removable")" != 1 ] && [[ $name != mmcblk* ]] && [ "$yes" != "$target" ]; then
		no_target "it is not removable ($(cat "$sys/device/model" 2>/dev/null || echo 'unknown model'), $(($(cat "$sys/size") / 2097152)) GiB)" \
			"look twice, and if it is the one: --yes-this-disk $target"
	fi
	disk=$machine$target
	if [ ! -w "$disk" ]; then no_target 'it may not be written to' 'run it with sudo'; fi
}

# unused SYS NAME: nothing of the disk is mounted, swapped to, or part of another device.
unused() {
	local machine=${FLASH_MACHINE:-} part numbers where
	for part in "$1" "$1/$2"*/; do
		if [ ! -e "$part/dev" ]; then continue; fi
		part=${part%/} numbers=$(cat "$part/dev")
		where=$(awk -v n="$numbers" -v d="/dev/${part##*/}" \
			'$3 == n {print $5; exit} {for (i = 7; i < NF; i++) if ($i == "-" && $(i + 2) == d) {print $5; exit}}' "$machine/proc/self/mountinfo")
		case $where in
		'') ;;
		/ | /boot* | /usr | /home | /var) no_target "it is the disk this system runs from (${part##*/} is $where)" 'name another one; lsblk lists them' ;;
		*) no_target "${part##*/} is mounted on $where" "sudo umount $where" ;;
		esac
		if awk -v d="/dev/${part##*/}" '$1 == d {found = 1} END {exit !found}' "$machine/proc/swaps"; then
			no_target "${part##*/} is swap space of this system" 'name another disk; lsblk lists them'
		fi
		for where in "$part"/holders/*; do
			if [ -e "$where" ]; then no_target "${part##*/} is in use by ${where##*/}" 'name another disk; lsblk lists them'; fi
		done
	done
}

# write_target: the finished image goes where it was asked for.
write_target() {
	local name=${target#/dev/} size
	if [ -z "$disk" ]; then
		mv -- "$image" "$target"
		return
	fi
	size=$(stat -c %s "$image")
	if [ "$(($(cat "${FLASH_MACHINE:-}/sys/class/block/$name/size") * 512))" -lt "$size" ]; then
		no_target "it is smaller than the image ($size bytes)" 'take a larger card'
	fi
	# Much may have happened since the first look: desktops mount cards by themselves.
	unused "${FLASH_MACHINE:-}/sys/class/block/$name" "$name"
	if [ -b "$disk" ] && ! blockdev --rereadpt "$disk" 2>"$work/said" && grep -q 'busy' "$work/said"; then
		no_target 'the kernel says that something uses it' 'unmount it, and take it out and in again'
	fi
	dd if="$image" of="$disk" bs=4M conv=fsync,notrunc status=none
	# Read it from the card and not from memory.
	if [ -b "$disk" ]; then blockdev --flushbufs "$disk"; fi
	if ! cmp -n "$size" "$image" "$disk"; then
		no_target 'what was written is not what is read back' 'take another card: this one is worn out or forged'
	fi
}
