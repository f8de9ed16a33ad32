// Package local is how people and scripts on the same machine talk to the roles:
// control.sock (status, explain, set, mode) and keeper.sock (sessions,
// recipients, policies, consent, ledger).
//
// Both sockets speak the same protocol: one JSON object a line in, one JSON
// object a line out.
//
//	-> {"verb":"set","arguments":{"setpoint":21}}
//	<- {"result":{...}}
//	<- {"error":{"code":"refused","message":"...","hint":"..."}}
//
// The sockets are pathname unix sockets, never abstract ones, so file permissions
// and the kernel's peer credentials (SO_PEERCRED, unix(7)) say who is asking: a
// Caller. Looking and closing is free to all who reach the socket; what opens or
// changes is for the owner, which is root, the user the role itself runs as, or a
// member of the group quietstat.
//
// A line is at most MaxLine bytes, a connection may be idle for IdleLimit, and at
// most MaxCallers are served at once; in a full hall the caller who has said nothing
// for longest gives his place to the next. So nobody can hold a role up, or keep
// somebody from closing.
package local
