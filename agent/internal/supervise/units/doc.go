// Package units tells systemd of a recipient, where systemd starts the roles and root
// has enrolled somebody: the socket uplink@ID.sock is enabled, so that the keeper's
// connection starts that recipient's uplink and no other, and a drop-in narrows the
// uplink's unit to what this recipient needs.
//
//	/etc/systemd/system/quietstat-uplink@ID.service.d/recipient.conf
//	    RestrictAddressFamilies=AF_INET         the one family of its address
//	    IPAddressDeny=any                       and nobody but this address
//	    IPAddressAllow=192.168.1.20
//
// An endpoint that is a name keeps both families and every address: whom the name
// stands for may change, and asking for it needs the network's own name server. What
// such an uplink does is bounded by its pins or authorities instead.
//
// Other drop-ins in the same folder are the administrator's and are left alone, for
// example for credentials that only systemd can read:
//
//	[Service]
//	LoadCredentialEncrypted=password:/etc/quietstat/credentials/ID.password
//
// With the recipient all of them go and its socket is disabled. That is tidiness, not
// what silences it: the keeper has closed its window and forgotten it before.
package units
