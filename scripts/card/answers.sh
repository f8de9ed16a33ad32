# The answers file: read, judged, and turned into quietstat.toml. Sourced by scripts/flash.

declare -A answer=() answered=() # value and line of each key
doors=()                         # the door keys in the order of the file

# refuse LINE MESSAGE EXPECTED REMEDY: one complaint about the answers file. All of
# them are told before it ends.
complaints=0
refuse() {
	printf 'flash: %s:%s: %s; expected %s; %s\n' "$answers" "$1" "$2" "$3" "$4" >&2
	complaints=$((complaints + 1))
}

read_answers() {
	local line key value number=0
	local known=' hostname user ssh-key wifi wifi-password country timezone sensor heat cool fan quiet talk light config '
	if [ ! -f "$answers" ] || [ ! -r "$answers" ]; then
		refuse 1 'there is no such file, or it cannot be read' 'an answers file' 'scripts/flash --example > answers, and change it'
		return
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		line=${line%$'\r'}
		case $line in '' | '#'*) continue ;; esac
		if [[ ! $line =~ ^([a-z][a-z0-9.-]*)[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$ ]]; then
			refuse $number 'this is not an answer' 'key = value' 'write it so, or put # before it'
			continue
		fi
		key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
		if [[ $known != *" $key "* && $key != door.?* ]]; then
			refuse $number "unknown key $key" "one of${known}or door.ID" 'remove it, or compare with scripts/flash --example'
		elif [ -n "${answered[$key]:-}" ]; then
			refuse $number "$key is answered twice" 'one answer' "remove this line or line ${answered[$key]}"
		else
			answer[$key]=$value answered[$key]=$number
			if [[ $key == door.* ]]; then doors+=("$key"); fi
		fi
	done <"$answers"
}

# want KEY PATTERN EXPECTED REMEDY: the answer is there and of that form; a KEY with a
# question mark behind it may be missing.
want() {
	local key=${1%\?}
	if [ -z "${answer[$key]:-}" ]; then
		if [ "$key" = "$1" ]; then refuse 1 "$key is missing" "$3" "$4"; fi
	elif [[ ! ${answer[$key]} =~ ^($2)$ ]]; then
		# The value itself is not repeated: it may be a password.
		refuse "${answered[$key]}" "$key is not of that form" "$3" "$4"
	fi
}

judge_answers() {
	local pin='GPIO[0-9]+' key
	if [ $complaints -gt 0 ]; then return; fi
	want hostname '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?' '1 to 63 of a-z, 0-9 and -' 'write for example hostname = thermostat'
	want user '[a-z][a-z0-9-]{0,30}' 'a name of a-z, 0-9 and -, beginning with a letter' 'write for example user = anna'
	case ${answer[user]:-} in
	root | quietstat) refuse "${answered[user]}" 'user is a name that the system has already' 'a name of your own' 'choose another' ;;
	esac
	want ssh-key '(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]+|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{50,}=*( [ -~]*)?' \
		'a public key on one line, such as ssh-ed25519 AAAA... name' 'cat ~/.ssh/id_ed25519.pub prints yours; ssh-keygen makes one'
	if [[ ${answer[ssh-key]:-} == *ExampleExample* ]]; then
		refuse "${answered[ssh-key]}" "ssh-key is the example's" 'your own' 'cat ~/.ssh/id_ed25519.pub prints it; ssh-keygen makes one'
	fi
	if [ -n "${answer[wifi]:-}${answer[wifi-password]:-}${answer[country]:-}" ]; then
		want wifi '.{1,32}' 'a network name of at most 32 bytes' 'write wifi, wifi-password and country, or none of them for a cable'
		want wifi-password '[ -~]{8,63}|[0-9A-Fa-f]{64}' '8 to 63 characters of ASCII, or a key of 64 hexadecimal digits' 'write the password of that network'
		want country '[A-Z][A-Z]' 'two capital letters, such as DE' 'the radio may not send before it knows its country'
	fi
	if [ -n "${answer[config]:-}" ]; then
		for key in timezone sensor heat cool fan quiet talk light "${doors[@]}"; do
			if [ -n "${answer[$key]:-}" ]; then
				refuse "${answered[$key]}" "$key stands beside config" 'one or the other' "write $key into ${answer[config]} and remove it here"
			fi
		done
		return
	fi
	want sensor '0x7[67]' '0x76 or 0x77' '0x76 if SDO of the BME280 is at ground, 0x77 if at 3.3 V'
	want timezone? '[A-Za-z0-9_+/-]+' 'a name such as Europe/Berlin' 'timedatectl list-timezones shows them'
	for key in heat cool fan light; do
		want $key? "$pin( active-low)?" 'a pin such as GPIO17, and active-low behind it if it is' 'use the GPIO number; see the wiring table in the README'
	done
	for key in quiet talk; do
		want $key? "$pin" 'a pin such as GPIO23' 'use the GPIO number; see the wiring table in the README'
	done
	for key in "${doors[@]}"; do
		want "$key" "$pin( [^\"\\\\]{1,40})?" 'a pin such as GPIO22 and a label without quotes' 'write for example door.front = GPIO22 Front door'
	done
	if [ -z "${answer[heat]:-}${answer[cool]:-}" ]; then
		refuse 1 'neither heat nor cool is wired' 'at least one of them' 'write for example heat = GPIO17'
	fi
}

# table_of KEY TABLE [TYPE]: a table of the configuration for a pin that is answered.
table_of() {
	local value=${answer[$1]:-}
	if [ -z "$value" ]; then return; fi
	printf '\n[%s]\npin = "%s"\n' "$2" "${value%% *}"
	if [ -n "${3:-}" ]; then printf 'type = "%s"\n' "$3"; fi
	if [ "$value" != "${value% active-low}" ]; then printf 'active_low = true\n'; else printf 'active_low = false\n'; fi
}

# configuration: quietstat.toml on standard output.
configuration() {
	local key value
	if [ -n "${answer[config]:-}" ]; then
		cat -- "${answer[config]}"
		return
	fi
	printf '# Written by scripts/flash from the answers of its user. man quietstat.toml has all keys.\n'
	printf '\n[board]\nkind = "gpio"\naddress = %s\n' "${answer[sensor]}"
	for key in quiet talk; do
		if [ -n "${answer[$key]:-}" ]; then printf '%s = "%s"\n' "$key" "${answer[$key]}"; fi
	done
	table_of light board.indicator
	table_of heat relays.heat heating
	table_of cool relays.cool cooling
	table_of fan relays.fan fan
	for key in "${doors[@]}"; do
		value=${answer[$key]}
		printf '\n[[doors]]\nid = "%s"\npin = "%s"\n' "${key#door.}" "${value%% *}"
		if [ "$value" != "${value#* }" ]; then printf 'label = "%s"\n' "${value#* }"; fi
	done
	if [ -n "${answer[timezone]:-}" ]; then printf '\n[household]\ntimezone = "%s"\n' "${answer[timezone]}"; fi
}
