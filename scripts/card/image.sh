# Reads and changes the two filesystems of a Raspberry Pi OS image where they are in it,
# by their offset: mtools for the FAT, debugfs for the ext4. So no root is needed, no loop
# device and no mount, and nothing of the image runs here. Sourced by scripts/flash.
#
# Needs $image, the file, and $work, a folder; sets $fat and $root.

# partition NUMBER: its start and type, as the partition table says.
partition() {
	sfdisk --dump "$image" 2>"$work/sfdisk" | sed -nE "s/^[^:]*$1 : start= *([0-9]+), size= *[0-9]+, type=([^,]+).*/\1 \2/p" | head -n 1
}

# wrong WHY: ends with what is wrong with the image.
wrong() {
	printf 'flash: %s: %s; expected an image of Raspberry Pi OS Lite, bookworm or newer (.img or .img.xz); get one from raspberrypi.com/software/operating-systems\n' "$source" "$1" >&2
	exit 1
}

# open_image: finds the two partitions and looks whether they are what they have to be.
open_image() {
	local start type system version
	read -r start type <<<"$(partition 1)" || true
	case $type in
	c | b | e | C12A7328-* | EBD0A0A2-*) fat=$image@@$((start * 512)) ;;
	'') wrong "it has no partition table ($(tail -n 1 "$work/sfdisk"))" ;;
	*) wrong "its first partition is of type $type, not FAT" ;;
	esac
	read -r start type <<<"$(partition 2)" || true
	case $type in
	83 | 0FC63DAF-* | B921B045-*) root="$image?offset=$((start * 512))" ;;
	*) wrong "its second partition is ${type:-missing}, not of Linux" ;;
	esac
	if ! mtype -i "$fat" ::config.txt >"$work/config.txt" 2>"$work/said" ||
		! mtype -i "$fat" ::cmdline.txt >"$work/cmdline.txt" 2>"$work/said"; then
		wrong "its first partition is not a Pi's boot partition ($(tail -n 1 "$work/said"))"
	fi
	if ! debugfs -R 'stat <2>' "$root" >"$work/stat" 2>"$work/said" || ! grep -q 'Type: directory' "$work/stat"; then
		wrong "its second partition is not ext4, or newer than this e2fsprogs ($(tail -n 1 "$work/said"))"
	fi
	take /usr/lib/os-release "$work/os-release" || take /etc/os-release "$work/os-release" || wrong 'it has no /etc/os-release'
	system=$(sed -n 's/^ID="\?\([a-z]*\)"\?$/\1/p' "$work/os-release")
	version=$(sed -n 's/^VERSION_ID="\?\([0-9]*\)"\?$/\1/p' "$work/os-release")
	case $system in
	debian | raspbian) ;;
	*) wrong "it is ${system:-an unknown system}, by its os-release" ;;
	esac
	if [ "${version:-0}" -lt 12 ]; then wrong "it is $system ${version:-without a version}, and 12 is the oldest that works"; fi
	if grep -q '^# quietstat' "$work/config.txt"; then wrong 'it has been through scripts/flash before'; fi
}

# take PATH FILE: copies a file out of the root filesystem; fails if there is none.
take() {
	rm -f "$2"
	debugfs -R "dump $1 $2" "$root" >/dev/null 2>&1
	[ -s "$2" ]
}

# kind PATH: what it is there: regular, directory, symlink, or nothing.
kind() { debugfs -R "stat $1" "$root" 2>/dev/null | sed -n 's/.*Type: \([a-z]*\).*/\1/p'; }

# names PATH: what is in a folder.
names() { debugfs -R "ls -p $1" "$root" 2>/dev/null | awk -F / '$6 != "." && $6 != ".." && NF > 6 {print $6}'; }

# The plan is a list of what the root filesystem is to have, one thing a line:
#   kind path mode uid gid content
# kind is dir, file, link or gone; content is a file of ours, or where a link leads.
plan() { printf '%s\n' "$*" >>"$work/plan"; }

# put PATH MODE UID GID: a file with standard input as its content.
put() {
	local copy
	copy=$work/put/$(find "$work/put" -type f | wc -l)
	cat >"$copy"
	plan file "$1" "$2" "$3" "$4" "$copy"
}

# carry_out: turns the plan into commands for debugfs and gives them to it at once.
carry_out() {
	local what path mode uid gid content there octal
	while read -r what path mode uid gid content; do
		there=$(kind "$path")
		case $what-$there in
		dir-directory) ;;
		dir-) printf 'mkdir %s\n' "$path" ;;
		file-regular | file-symlink | link-symlink | link-regular | gone-regular | gone-symlink) printf 'rm %s\n' "$path" ;;&
		file-*) printf 'write %s %s\n' "$content" "$path" ;;
		link-*) printf 'symlink %s %s\n' "$path" "$content" ;;
		gone-*) continue ;;
		esac
		case $what in
		dir) octal=040$mode ;;
		file) octal=0100$mode ;;
		link) continue ;;
		esac
		# A folder that was there stays as it was.
		if [ "$what-$there" != dir-directory ]; then
			printf 'set_inode_field %s mode %s\nset_inode_field %s uid %s\nset_inode_field %s gid %s\n' \
				"$path" "$octal" "$path" "$uid" "$path" "$gid"
		fi
	done <"$work/plan" >"$work/commands"
	debugfs -w -f "$work/commands" "$root" >"$work/debugfs" 2>&1 || true
}

# verify: debugfs ends with success whatever happened, so everything is read again.
verify() {
	local what path mode uid gid content
	while read -r what path mode uid gid content; do
		debugfs -R "stat $path" "$root" >"$work/stat" 2>/dev/null
		case $what in
		gone) if ! grep -q . "$work/stat"; then continue; fi ;;
		link)
			if grep -qF "Fast link dest: \"$content\"" "$work/stat"; then continue; fi
			;;
		file)
			if grep -qE "Type: regular +Mode: +0$mode " "$work/stat" && grep -qE "User: +$uid +Group: +$gid " "$work/stat" &&
				{ [ ! -s "$content" ] || { take "$path" "$work/again" && cmp -s "$work/again" "$content"; }; }; then continue; fi
			;;
		dir) if grep -q 'Type: directory' "$work/stat"; then continue; fi ;;
		esac
		printf 'flash: %s is not in the image as it was written (is its filesystem full?); debugfs said:\n' "$path" >&2
		grep -v '^debugfs: ' "$work/debugfs" | tail -n 5 >&2
		exit 1
	done <"$work/plan"
	if ! e2fsck -fn "$root" >"$work/e2fsck" 2>&1; then
		printf 'flash: the filesystem has errors after writing; e2fsck said:\n' >&2
		tail -n 8 "$work/e2fsck" >&2
		exit 1
	fi
}
