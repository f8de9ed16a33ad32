# What a Raspberry Pi OS becomes a thermostat by, as a plan for scripts/card/image.sh.
# Everything is written now, and the system's own ways of asking on the first boot are
# switched off: the image's first-boot dialog (userconfig.service, bookworm and trixie) and
# cloud-init (trixie), which reads user-data of the boot partition and would make a user
# beside ours. So what the card says is what the Pi is. Sourced by scripts/flash.

first=/var/lib/quietstat-first-boot

plan_network() {
	local file ssid
	put /etc/hostname 644 0 0 <<<"${answer[hostname]}"
	{
		take /etc/hosts "$work/hosts" && grep -v '^127\.0\.1\.1' "$work/hosts"
		printf '127.0.1.1\t%s\n' "${answer[hostname]}"
	} | put /etc/hosts 644 0 0
	if [ -z "${answer[wifi]:-}" ]; then return; fi
	# A name is text in a keyfile, or its bytes where text would be read in another way.
	ssid=${answer[wifi]}
	if [[ ! $ssid =~ ^[A-Za-z0-9._-]+( [A-Za-z0-9._-]+)*$ ]]; then
		ssid=$(printf '%s' "$ssid" | od -An -v -tu1 | tr -s ' \n' ';' | sed 's/^;//')
	fi
	# NetworkManager reads no keyfile that others may read.
	for file in /etc/NetworkManager /etc/NetworkManager/system-connections; do plan dir "$file" 755 0 0; done
	put /etc/NetworkManager/system-connections/quietstat.nmconnection 600 0 0 <<-END
		[connection]
		id=quietstat
		uuid=$(cat /proc/sys/kernel/random/uuid)
		type=wifi

		[wifi]
		mode=infrastructure
		ssid=$ssid

		[wifi-security]
		key-mgmt=wpa-psk
		psk=$(sed -e 's/\\/\\\\/g' -e 's/^ /\\s/' <<<"${answer[wifi-password]}")

		[ipv4]
		method=auto

		[ipv6]
		addr-gen-mode=default
		method=auto
	END
	# Raspberry Pi OS keeps the radio off until its country is known, in two places.
	if [ "$(kind /var/lib/NetworkManager)" = directory ]; then
		put /var/lib/NetworkManager/NetworkManager.state 600 0 0 <<<$'[main]\nWirelessEnabled=true'
	fi
	for file in $(names /var/lib/systemd/rfkill | grep ':wlan$' || true); do
		put "/var/lib/systemd/rfkill/$file" 644 0 0 <<<0
	done
}

# account FILE PROGRAM: a file of /etc as awk makes it, with the old user and the new one.
account() {
	local mode group
	if ! take "/etc/$1" "$work/before"; then return 0; fi
	mode=$(debugfs -R "stat /etc/$1" "$root" 2>/dev/null | sed -nE 's/.*Mode: +0([0-7]+) .*/\1/p')
	group=$(debugfs -R "stat /etc/$1" "$root" 2>/dev/null | sed -nE 's/.*Group: +([0-9]+) .*/\1/p')
	awk -F : -v OFS=: -v old="$old" -v new="${answer[user]}" "$2" "$work/before" | put "/etc/$1" "$mode" 0 "$group"
}

# plan_user: the image's first user gets the name that was asked for, and a key. Nobody
# has a password, root neither, whatever the image came with.
plan_user() {
	local user=${answer[user]} line members
	take /etc/passwd "$work/passwd" || wrong 'it has no /etc/passwd'
	old=$(awk -F : '$3 == 1000 {print $1}' "$work/passwd")
	gid=$(awk -F : '$3 == 1000 {print $4}' "$work/passwd")
	if [ -z "$old" ]; then wrong 'it has no first user (id 1000)'; fi
	if [ "$user" != "$old" ] && grep -q "^$user:" "$work/passwd"; then
		refuse "${answered[user]}" 'user is a name that the system has already' 'a name of your own' 'choose another'
		exit 1
	fi
	# Its home goes along: a second name for the folder, and the first one taken away.
	if [ "$user" != "$old" ]; then
		if [ "$(kind "/home/$old")" != directory ]; then wrong "its first user has no folder /home/$old"; fi
		printf 'ln /home/%s /home/%s\nunlink /home/%s\n' "$old" "$user" "$old" >"$work/rename"
		debugfs -w -f "$work/rename" "$root" >"$work/debugfs" 2>&1 || true
	fi
	members='{n = split($4, m, ","); $4 = ""; for (i = 1; i <= n; i++) $4 = $4 (i > 1 ? "," : "") (m[i] == old ? new : m[i])}'
	account passwd '$1 == old {$1 = new; $6 = "/home/" new} {print}'
	account shadow '$1 == old {$1 = new} $2 !~ /^[!*]/ {$2 = "!"} {print}'
	account group '$1 == old {$1 = new}'"$members"'{print}'
	account gshadow '$1 == old {$1 = new}'"$members"'{print}'
	account subuid '$1 == old {$1 = new} {print}'
	account subgid '$1 == old {$1 = new} {print}'
	plan dir "/home/$user/.ssh" 700 1000 "$gid"
	put "/home/$user/.ssh/authorized_keys" 600 1000 "$gid" <<<"${answer[ssh-key]}"
	# Without a password sudo cannot ask for one. The name is the image's own.
	plan dir /etc/sudoers.d 755 0 0
	put /etc/sudoers.d/010_pi-nopasswd 440 0 0 <<<"$user ALL=(ALL) NOPASSWD: ALL"
	plan dir /etc/ssh 755 0 0
	plan dir /etc/ssh/sshd_config.d 755 0 0
	# sshd goes by the first it reads, and files are read by name.
	put /etc/ssh/sshd_config.d/10-quietstat.conf 644 0 0 <<-END
		# Keys only: nobody here has a password.
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin no
	END
	plan gone /etc/ssh/sshd_config.d/rename_user.conf
	plan link /etc/systemd/system/userconfig.service 777 0 0 /dev/null
	plan link /etc/systemd/system/multi-user.target.wants/ssh.service 777 0 0 /usr/lib/systemd/system/ssh.service
	if [ "$(kind /etc/cloud)" = directory ]; then put /etc/cloud/cloud-init.disabled 644 0 0 </dev/null; fi
}

# plan_thermostat PACKAGE: the package is installed by the Pi's own dpkg on the first boot,
# and not unpacked here: so dpkg's records, the user quietstat and the scripts of the
# package are as everywhere else, and an update finds what it expects. It needs no network,
# is tried again after a power cut, and leaves nothing of itself.
plan_thermostat() {
	plan dir $first 700 0 0
	put $first/quietstat.deb 600 0 0 <"$1"
	put $first/owner 600 0 0 <<<"${answer[user]}"
	put $first/install 700 0 0 <scripts/card/first-boot
	put /etc/systemd/system/quietstat-first-boot.service 644 0 0 <scripts/card/quietstat-first-boot.service
	plan link /etc/systemd/system/multi-user.target.wants/quietstat-first-boot.service 777 0 0 /etc/systemd/system/quietstat-first-boot.service
	plan dir /etc/quietstat 755 0 0
	put /etc/quietstat/quietstat.toml 644 0 0 <"$work/quietstat.toml"
	# config.txt makes the bus; this makes /dev/i2c-1.
	plan dir /etc/modules-load.d 755 0 0
	put /etc/modules-load.d/quietstat.conf 644 0 0 <<<i2c-dev
	# A Pi's watchdog counts to 15 s at most.
	plan dir /etc/systemd/system.conf.d 755 0 0
	put /etc/systemd/system.conf.d/quietstat-watchdog.conf 644 0 0 <<-END
		# The board is restarted if systemd, which watches over quietstat, hangs itself.
		[Manager]
		RuntimeWatchdogSec=15s
		RebootWatchdogSec=2min
	END
}

# write_boot: the boot partition, which the firmware reads before any system runs.
write_boot() {
	{
		sed '$a\' "$work/config.txt" | sed 's/\r$//'
		printf '\n# quietstat: the sensor, the watchdog, and every relay off until it starts\n[all]\n'
		cat "$work/boot"
	} >"$work/config.new"
	tr -d '\r\n' <"$work/cmdline.txt" >"$work/cmdline.new"
	if [ -n "${answer[country]:-}" ]; then
		sed -E -i 's/ *cfg80211\.ieee80211_regdom=[^ ]*//' "$work/cmdline.new"
		printf ' cfg80211.ieee80211_regdom=%s' "${answer[country]}" >>"$work/cmdline.new"
	fi
	echo >>"$work/cmdline.new"
	for file in config cmdline; do
		mcopy -o -i "$fat" "$work/$file.new" "::$file.txt"
		mtype -i "$fat" "::$file.txt" | cmp -s - "$work/$file.new" || {
			printf 'flash: %s.txt is not in the boot partition as it was written (is it full?)\n' "$file" >&2
			exit 1
		}
	done
}
