# scripts/deploy against a made-up host: what it asks, in which order, which package it
# takes, and what it ends with. Sourced by scripts/test-flash.

# deployed NAME EXPECTED-EXIT: runs it in a tree of its own.
deployed() {
	local got=0
	: >"$work/asked"
	PATH=$work/ssh:$PATH "$work/tree/scripts/deploy" "${@:3}" >"$work/out" 2>&1 || got=$?
	if [ $got -eq "$2" ]; then row "$1" 0 "exit $got"; else row "$1" 1 "exit $got, not $2: $(tail -n 1 "$work/out")"; fi
}

test_deploy() {
	mkdir -p "$work/ssh" "$work/tree/scripts" "$work/tree/dist"
	cp scripts/deploy "$work/tree/scripts"
	cat >"$work/ssh/ssh" <<-'END'
		#!/bin/bash
		set -eu
		printf 'ssh %s\n' "$*" >>"$ASKED"
		case $* in
		*print-architecture) [ -n "$MACHINE" ] && echo "$MACHINE" ;;
		*'mktemp -d') echo /tmp/there ;;
		*'quietstat doctor') exit "$DOCTOR" ;;
		*is-active*) exit "$ACTIVE" ;;
		esac
	END
	printf '#!/bin/bash\nset -eu\nprintf "scp %%s\\n" "$*" >>"$ASKED"\n' >"$work/ssh/scp"
	chmod +x "$work/ssh/ssh" "$work/ssh/scp"
	export ASKED=$work/asked MACHINE=arm64 DOCTOR=0 ACTIVE=0
	: >"$work/tree/dist/quietstat_1_armhf.deb"
	deployed 'deploy: no package for that machine' 1 pi@house
	refused 'deploy: and says so' 'dist/ has no package for arm64, which pi@house is: make deb'
	touch -d '1 hour ago' "$work/tree/dist/quietstat_2_arm64.deb"
	: >"$work/tree/dist/quietstat_1_arm64.deb"
	deployed 'deploy: to a house that runs' 0 pi@house
	printf '%s\n' 'ssh pi@house dpkg --print-architecture' 'ssh pi@house mktemp -d' \
		'scp -q dist/quietstat_1_arm64.deb pi@house:/tmp/there/quietstat.deb' \
		'ssh pi@house sudo DEBIAN_FRONTEND=noninteractive dpkg --force-confold --install /tmp/there/quietstat.deb' \
		'ssh pi@house sudo quietstat doctor' 'ssh pi@house systemctl is-active --quiet quietstat-control.service' \
		'ssh pi@house sudo quietstat status' 'ssh pi@house rm -rf /tmp/there' >"$work/want"
	same 'deploy: what was asked of it, in order' "$work/want" "$work/asked"
	DOCTOR=1 deployed 'deploy: doctor found something' 1 pi@house
	if grep -q 'quietstat status' "$work/asked"; then row 'deploy: status is shown all the same' 0 'it is'; else row 'deploy: status is shown all the same' 1 'it is not'; fi
	ACTIVE=3 deployed 'deploy: a fresh installation' 0 pi@house
	refused 'deploy: says how it is started' 'sudo systemctl enable --now quietstat.target'
	MACHINE=riscv64 deployed 'deploy: another machine' 1 pi@house
	refused 'deploy: and says which there are' 'expected armhf, arm64 or amd64'
	MACHINE='' deployed 'deploy: nobody answers' 1 pi@house
	refused 'deploy: and says what to try' 'does not answer over SSH, or has no dpkg; expected'
	deployed 'deploy: an option for a host' 2 -oProxyCommand=x
	deployed 'deploy: no host' 2
}
