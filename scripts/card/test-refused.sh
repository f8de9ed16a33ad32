# Everything that has to be refused, with the words that say why, what was expected and
# what to do; and that nothing was written then. Sourced by scripts/test-flash.

# refused NAME WORDS: the last run said so, and left no file.
refused() {
	if [ -e "$work/x.img" ] || [ -e "$work/x.img.part" ]; then
		row "$1" 1 'something was written'
		rm -f "$work/x.img" "$work/x.img.part"
	elif grep -qE '^(rm|mv|cp|scripts/)' "$work/out"; then
		row "$1" 1 "cleaning up went wrong: $(grep -E '^(rm|mv|cp|scripts/)' "$work/out" | tail -n 1)"
	elif ! grep -qF -- "$2" "$work/out"; then
		row "$1" 1 "said: $(tail -n 1 "$work/out")"
	else
		row "$1" 0 "$(grep -F -m 1 -- "$2" "$work/out" | sed -e "s|$work/||g" -e 's/^flash: //' | cut -c 1-110)"
	fi
}

# wrong_answers NAME SED WORDS: the example, changed by sed.
wrong_answers() {
	sed -E "$2" "$work/answers" >"$work/bad"
	flash "$work/pi.img" "$work/bad" "$work/x.img" && row "$1" 1 'was taken' || refused "$1" "$3"
}

test_answers() {
	flash "$work/pi.img" "$work/none" "$work/x.img" || true
	refused 'no answers file' 'none:1: there is no such file'
	scripts/flash --example >"$work/bad"
	flash "$work/pi.img" "$work/bad" "$work/x.img" || true
	refused 'the example as it is' "ssh-key is the example's; expected your own"
	wrong_answers 'a line that is no answer' '10s/.*/what?/' 'bad:10: this is not an answer; expected key = value'
	wrong_answers 'an unknown key' 's/^light/lite/' 'unknown key lite; expected one of'
	wrong_answers 'a key twice' 's/^talk = .*/quiet = GPIO24/' 'quiet is answered twice'
	wrong_answers 'no user' '/^user/d' 'bad:1: user is missing'
	wrong_answers 'user root' 's/^user = .*/user = root/' 'user is a name that the system has already'
	wrong_answers 'a user of the system' 's/^user = .*/user = daemon/' 'user is a name that the system has already'
	wrong_answers 'a user that is no name' 's/^user = .*/user = An na/' 'user is not of that form; expected a name'
	wrong_answers 'a host name that is none' 's/^hostname = .*/hostname = my_pi/' 'hostname is not of that form'
	wrong_answers 'a private key' 's/^ssh-key = .*/ssh-key = -----BEGIN OPENSSH PRIVATE KEY-----/' 'ssh-key is not of that form; expected a public key'
	wrong_answers 'a short Wi-Fi password' 's/^wifi-password = .*/wifi-password = 1234567/' 'wifi-password is not of that form; expected 8 to 63'
	if grep -q 1234567 "$work/out"; then row 'a password is not repeated' 1 'it is'; else row 'a password is not repeated' 0 'it is not'; fi
	wrong_answers 'Wi-Fi without a country' '/^country/d' 'country is missing; expected two capital letters'
	wrong_answers 'a sensor address' 's/^sensor = .*/sensor = 0x78/' 'sensor is not of that form; expected 0x76 or 0x77'
	wrong_answers 'no relay' '/^heat/d' 'neither heat nor cool is wired'
	wrong_answers 'a pin that is none' 's/^heat = .*/heat = 17/' 'heat is not of that form; expected a pin'
	wrong_answers 'a pin of the ID EEPROM' 's/^heat = .*/heat = GPIO1/' 'GPIO1, which belongs to the ID EEPROM; expected'
	wrong_answers 'one pin for two things' 's/^talk = .*/talk = GPIO17/' 'one use for each pin'
	wrong_answers 'a time zone' 's/^timezone = .*/timezone = Europe\/Nowhere/' 'Nowhere'
	wrong_answers 'a configuration that is not there' '/^(timezone|sensor|heat|door|quiet|talk|light)/d; $a config = no.toml' 'config cannot be read'
	wrong_answers 'pins beside a configuration' '$a config = own.toml' 'heat stands beside config; expected one or the other'
	printf '[board]\nkind = "gpio"\n' >"$work/empty.toml"
	wrong_answers 'a configuration that is refused' '/^(timezone|sensor|heat|door|quiet|talk|light)/d; $a config = empty.toml' 'no relay heats or cools'
}

# wrong_image NAME WORDS
wrong_image() {
	flash "$work/bad.img" "$work/answers" "$work/x.img" && row "$1" 1 'was taken' || refused "$1" "$2"
}

test_images() {
	rm -f "$work/bad.img"
	wrong_image 'no image' 'there is no such file; expected an image of Raspberry Pi OS Lite'
	truncate -s 8M "$work/bad.img"
	wrong_image 'an empty file' 'it has no partition table'
	printf 'start=8192, type=83\n' | sfdisk --quiet "$work/bad.img"
	wrong_image 'one partition, of Linux' 'its first partition is of type 83, not FAT'
	cp "$work/pi.img" "$work/bad.img"
	mdel -i "$work/bad.img@@4194304" ::config.txt
	wrong_image 'a FAT without config.txt' "its first partition is not a Pi's boot partition"
	cp "$work/pi.img" "$work/bad.img"
	dd if=/dev/zero of="$work/bad.img" bs=1M seek=20 count=1 conv=notrunc status=none
	wrong_image 'a root that is not ext4' 'its second partition is not ext4'
	scripts/card/pi-os "$work/bad.img" ubuntu 24
	wrong_image 'Ubuntu' 'it is ubuntu, by its os-release'
	scripts/card/pi-os "$work/bad.img" raspbian 11
	wrong_image 'bullseye' 'it is raspbian 11, and 12 is the oldest'
	head -c "$(($(stat -c %s "$work/pi.img.xz") / 2))" "$work/pi.img.xz" >"$work/bad.img.xz"
	flash "$work/bad.img.xz" "$work/answers" "$work/x.img" || true
	refused 'half a download' 'it cannot be unpacked'
	cp "$work/pi.img" "$work/bad.img"
	debugfs -w -R 'rm /etc/passwd' "$work/bad.img?offset=20971520" 2>/dev/null
	wrong_image 'no accounts' 'it has no /etc/passwd'
	head -c 60M /dev/urandom >"$work/large"
	scripts/flash "$work/pi.img" "$work/answers" "$work/x.img" --deb "$work/armhf.deb" >"$work/out" 2>&1 || true
	refused 'a package for another machine' 'is no package of quietstat for arm64, which the image is for'
	cp -r "$work/arm64" "$work/fat" && mkdir -p "$work/fat/opt" && mv "$work/large" "$work/fat/opt" && dpkg-deb -Znone -b "$work/fat" "$work/fat.deb" >/dev/null
	scripts/flash "$work/pi.img" "$work/answers" "$work/x.img" --deb "$work/fat.deb" >"$work/out" 2>&1 || true
	refused 'a root filesystem that is full' 'is not in the image as it was written (is its filesystem full?)'
	: >"$work/there.img"
	flash "$work/pi.img" "$work/answers" "$work/there.img" || true
	refused 'a file that is there' 'there.img: it exists already; expected a new file'
	if [ -s "$work/there.img" ]; then row 'it stays as it was' 1 'written'; else row 'it stays as it was' 0 'empty'; fi
	flash "$work/pi.img" "$work/answers" "$work/no/x.img" || true
	refused 'a folder that is not there' 'its folder does not exist'
}

# test_disks: a made-up machine with disks, each wrong in another way, and one that is right.
test_disks() {
	local sys=$work/machine/sys/class/block name minor=0
	mkdir -p "$work/machine"/{dev,proc/self}
	for name in sda sdb sdc sdd sde sdf sdg sdh mmcblk0; do
		mkdir -p "$sys/$name/holders" "$sys/$name/device"
		echo 0 >"$sys/$name/ro" && echo 1 >"$sys/$name/removable" && echo 262144 >"$sys/$name/size"
		echo "8:$((minor += 16))" >"$sys/$name/dev"
		mkdir -p "$sys/$name/${name}1/holders"
		echo 1 >"$sys/$name/${name}1/partition" && echo "8:$((minor + 1))" >"$sys/$name/${name}1/dev"
		ln -s "$name/${name}1" "$sys/${name}1"
		head -c 4096 /dev/zero >"$work/machine/dev/$name"
	done
	mkdir "$sys/sdd/sdd1/holders/dm-0"
	echo 0 >"$sys/sde/removable" && echo 'Made-up SSD' >"$sys/sde/device/model"
	echo 1 >"$sys/sdf/ro"
	echo 65536 >"$sys/sdg/size"
	echo 0 >"$sys/mmcblk0/removable"
	cat >"$work/machine/proc/self/mountinfo" <<-END
		25 1 $(cat "$sys/sda/sda1/dev") / / rw shared:1 - ext4 /dev/sda1 rw
		26 25 $(cat "$sys/sdb/sdb1/dev") / /media/card rw shared:2 - vfat /dev/sdb1 rw
		27 25 0:40 /@ /mnt rw - btrfs /dev/sdh1 rw
	END
	printf 'Filename Type Size Used Priority\n/dev/sdc1 partition 1000 0 -2\n' >"$work/machine/proc/swaps"
	export FLASH_MACHINE=$work/machine
	wrong_disk 'no such disk' /dev/sdx 'there is no such disk'
	wrong_disk 'a partition' /dev/sdg1 'it is a partition; expected'
	wrong_disk 'the system disk' /dev/sda 'it is the disk this system runs from (sda1 is /)'
	wrong_disk 'the system disk, insisting' /dev/sda 'it is the disk this system runs from' --yes-this-disk /dev/sda
	wrong_disk 'a mounted card' /dev/sdb 'sdb1 is mounted on /media/card; expected'
	wrong_disk 'a mounted btrfs' /dev/sdh 'sdh1 is mounted on /mnt; expected'
	wrong_disk 'swap space' /dev/sdc 'sdc1 is swap space of this system'
	wrong_disk 'part of an encrypted disk' /dev/sdd 'sdd1 is in use by dm-0'
	wrong_disk 'a disk that stays in' /dev/sde 'it is not removable (Made-up SSD, 0 GiB); expected'
	wrong_disk 'the same, naming another' /dev/sde 'it is not removable' --yes-this-disk /dev/sdg
	wrong_disk 'a write-protected card' /dev/sdf 'it is write-protected'
	wrong_disk 'a card that is too small' /dev/sdg 'it is smaller than the image'
	for name in mmcblk0 sde; do
		if flash "$work/pi.img" "$work/answers" /dev/$name --yes-this-disk /dev/sde && e2fsck -fn "$work/machine/dev/$name?offset=20971520" >/dev/null 2>&1; then
			row "/dev/$name, free and wanted" 0 written
		else row "/dev/$name, free and wanted" 1 "$(tail -n 1 "$work/out")"; fi
	done
	unset FLASH_MACHINE
}

# wrong_disk NAME DISK WORDS [OPTION...]
wrong_disk() {
	local disk=$FLASH_MACHINE$2
	if flash "$work/pi.img" "$work/answers" "$2" "${@:4}"; then row "$1" 1 'was taken'; else refused "$1" "$3"; fi
	if [ -e "$disk" ] && [ "$(stat -c %s "$disk")" -ne 4096 ]; then row "$1" 1 'it was written to'; fi
}
