# Images that come out, held to what they have to be. Sourced by scripts/test-flash.

# flash ARGUMENT...: with the made-up package.
flash() { scripts/flash "$@" --deb "$work/arm64.deb" >"$work/out" 2>&1; }

# test_good: every answer of the example, on a compressed image.
test_good() {
	local image=$work/good.img uuid
	xz -0 -k "$work/pi.img"
	if ! flash "$work/pi.img.xz" "$work/answers" "$image"; then
		row 'the example, from .img.xz' 1 "$(tail -n 1 "$work/out")"
		return
	fi
	row 'the example, from .img.xz' 0 'written'
	if [ "$(stat -c %a "$image")" = 600 ]; then row 'nobody else reads the image' 0 600; else row 'nobody else reads the image' 1 "$(stat -c %a "$image")"; fi
	listing "$work/pi.img" >"$work/was"
	listing "$image" >"$work/is"
	comm -13 "$work/was" "$work/is" | cut -d ' ' -f 1-3 >"$work/changed"
	sort >"$work/want" <<-'END'
		/etc/NetworkManager/system-connections/quietstat.nmconnection 100600 0:0
		/etc/group 100644 0:0
		/etc/gshadow 100640 0:42
		/etc/hostname 100644 0:0
		/etc/hosts 100644 0:0
		/etc/modules-load.d 040755 0:0
		/etc/modules-load.d/quietstat.conf 100644 0:0
		/etc/passwd 100644 0:0
		/etc/quietstat 040755 0:0
		/etc/quietstat/quietstat.toml 100644 0:0
		/etc/shadow 100640 0:42
		/etc/ssh/sshd_config.d/10-quietstat.conf 100644 0:0
		/etc/subgid 100644 0:0
		/etc/subuid 100644 0:0
		/etc/sudoers.d/010_pi-nopasswd 100440 0:0
		/etc/systemd/system.conf.d 040755 0:0
		/etc/systemd/system.conf.d/quietstat-watchdog.conf 100644 0:0
		/etc/systemd/system/multi-user.target.wants/quietstat-first-boot.service 120777 0:0
		/etc/systemd/system/multi-user.target.wants/ssh.service 120777 0:0
		/etc/systemd/system/quietstat-first-boot.service 100644 0:0
		/etc/systemd/system/userconfig.service 120777 0:0
		/home/anna 040700 1000:1000
		/home/anna/.bashrc 100644 1000:1000
		/home/anna/.ssh 040700 1000:1000
		/home/anna/.ssh/authorized_keys 100600 1000:1000
		/var/lib/NetworkManager/NetworkManager.state 100600 0:0
		/var/lib/quietstat-first-boot 040700 0:0
		/var/lib/quietstat-first-boot/install 100700 0:0
		/var/lib/quietstat-first-boot/owner 100600 0:0
		/var/lib/quietstat-first-boot/quietstat.deb 100600 0:0
		/var/lib/systemd/rfkill/platform-soc:wlan 100644 0:0
	END
	same 'what changed: path, mode, owner' "$work/want" "$work/changed"
	comm -23 <(cut -d ' ' -f 1 "$work/was") <(cut -d ' ' -f 1 "$work/is") >"$work/gone"
	printf '%s\n' /etc/ssh/sshd_config.d/rename_user.conf /home/pi /home/pi/.bashrc >"$work/want"
	same 'what is gone' "$work/want" "$work/gone"
	grep -- '-> ' "$work/is" | cut -d ' ' -f 1,4- >"$work/links"
	cat >"$work/want" <<-'END'
		/etc/os-release -> ../usr/lib/os-release
		/etc/systemd/system/multi-user.target.wants/quietstat-first-boot.service -> /etc/systemd/system/quietstat-first-boot.service
		/etc/systemd/system/multi-user.target.wants/ssh.service -> /usr/lib/systemd/system/ssh.service
		/etc/systemd/system/multi-user.target.wants/userconfig.service -> /usr/lib/systemd/system/userconfig.service
		/etc/systemd/system/userconfig.service -> /dev/null
		/lib -> usr/lib
	END
	same 'where the links lead' "$work/want" "$work/links"

	contents() {
		local path
		for path in "$@"; do printf -- '-- %s\n' "$path" && content "$image" "$path"; done
	}
	uuid=$(content "$image" /etc/NetworkManager/system-connections/quietstat.nmconnection | sed -n 's/^uuid=\([0-9a-f-]\{36\}\)$/\1/p')
	contents /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid /etc/sudoers.d/010_pi-nopasswd \
		/home/anna/.ssh/authorized_keys /etc/hostname /etc/hosts /var/lib/NetworkManager/NetworkManager.state \
		/var/lib/systemd/rfkill/platform-soc:wlan /etc/modules-load.d/quietstat.conf /var/lib/quietstat-first-boot/owner \
		/etc/NetworkManager/system-connections/quietstat.nmconnection >"$work/got"
	sed -e "s|@UUID@|${uuid:-none}|" -e "s|@KEY@|$key|" scripts/card/test-contents >"$work/want"
	same 'accounts without passwords, keys, network' "$work/want" "$work/got"
	for pair in install:scripts/card/first-boot quietstat.deb:"$work/arm64.deb"; do
		content "$image" "/var/lib/quietstat-first-boot/${pair%%:*}" | cmp -s - "${pair#*:}" && row "${pair%%:*} is the one" 0 identical || row "${pair%%:*} is the one" 1 differs
	done
	content "$image" /etc/quietstat/quietstat.toml >"$work/got.toml"
	bin/quietstat config check "$work/got.toml" >/dev/null && row 'its configuration' 0 'good' || row 'its configuration' 1 'refused'
	mtype -i "$image@@4194304" ::config.txt >"$work/got"
	printf '%s\n' '# For more options see' 'dtparam=audio=on' '[cm4]' 'otg_mode=1' '' \
		'# quietstat: the sensor, the watchdog, and every relay off until it starts' '[all]' \
		dtparam=i2c_arm=on dtparam=watchdog=on gpio=17=op,dl >"$work/want"
	same config.txt "$work/want" "$work/got"
	mtype -i "$image@@4194304" ::cmdline.txt >"$work/got"
	echo 'console=tty1 root=PARTUUID=1234-02 rootfstype=ext4 rootwait cfg80211.ieee80211_regdom=DE' >"$work/want"
	same cmdline.txt "$work/want" "$work/got"
	if e2fsck -fn "$image?offset=20971520" >"$work/out" 2>&1; then row 'e2fsck of its root' 0 clean; else row 'e2fsck of its root' 1 "$(tail -n 1 "$work/out")"; fi
	cmp -s -n 4194304 "$work/pi.img" "$image" && row 'partition table' 0 'as it was' || row 'partition table' 1 'changed'
	flash "$image" "$work/answers" "$work/x.img" || true
	refused 'an image that was flashed before' 'it has been through scripts/flash before'
}

# test_cable: the fewest answers, trixie, a network cable, a configuration of one's own.
test_cable() {
	local image=$work/cable.img got
	scripts/card/pi-os "$work/trixie.img" debian 13
	bin/quietstat config example heatpump | sed 's/^pin = "GPIO17"/&  # the compressor/; s/active_low = false/active_low = true/' >"$work/own.toml"
	printf 'hostname = t\nuser = pi\nssh-key = %s\nconfig = own.toml\n' "$key" >"$work/few"
	if ! flash "$work/trixie.img" "$work/few" "$image"; then
		row 'fewest answers, trixie' 1 "$(tail -n 1 "$work/out")"
		return
	fi
	row 'fewest answers, trixie' 0 'written'
	content "$image" /etc/quietstat/quietstat.toml | cmp -s - "$work/own.toml" && row 'a configuration of one'"'"'s own' 0 identical || row 'own configuration' 1 differs
	mtype -i "$image@@4194304" ::config.txt | grep ^gpio= >"$work/got"
	printf 'gpio=%s\n' 26=op,dl 17=op,dh 27=op,dh 5=op,dh >"$work/want"
	same 'its relays in config.txt, on while low' "$work/want" "$work/got"
	got=$(listing "$image" | awk '$1 ~ /nmconnection$|cloud-init.disabled$|^\/home\/pi\/.ssh\/auth/ {print $1, $2, $3}')
	[ "$got" = $'/etc/cloud/cloud-init.disabled 100644 0:0\n/home/pi/.ssh/authorized_keys 100600 1000:1000' ] &&
		row 'no Wi-Fi, no cloud-init, user pi' 0 'so it is' || row 'no Wi-Fi, no cloud-init, user pi' 1 "$got"
	content "$image" /etc/shadow | grep -q '^pi:!:' && row 'pi has no password' 0 locked || row 'pi has no password' 1 'has one'
	sed -e 's/^wifi = .*/wifi = Caf\xc3\xa9; 1/' -e 's/^wifi-password = .*/wifi-password = a\\b"c d$e/' "$work/answers" >"$work/odd"
	flash "$work/pi.img" "$work/odd" "$work/odd.img" || true
	content "$work/odd.img" /etc/NetworkManager/system-connections/quietstat.nmconnection | grep -E '^(ssid|psk)=' >"$work/got" || true
	printf '%s\n' 'ssid=67;97;102;195;169;59;32;49;' 'psk=a\\b"c d$e' >"$work/want"
	same 'odd characters in Wi-Fi name and password' "$work/want" "$work/got"
}
