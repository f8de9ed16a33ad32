package consent

import (
	"fmt"
	"strconv"
	"strings"
)

// Endpoint is where one recipient listens, taken apart.
type Endpoint struct {
	Scheme string // "mqtt" or "mqtts"
	Host   string // name or address, without brackets
	Port   int    // 1 to 65535
}

// ParseEndpoint reads scheme://host:port and nothing more: no user, path or query.
func ParseEndpoint(s string) (Endpoint, error) {
	bad := func(why string) (Endpoint, error) {
		return Endpoint{}, fmt.Errorf("consent: endpoint %s: write mqtt://host:port or mqtts://host:port", why)
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme != "mqtt" && scheme != "mqtts" {
		return bad("has no known scheme")
	}
	i := strings.LastIndexByte(rest, ':')
	if i < 1 {
		return bad("has no port")
	}
	host, digits := rest[:i], rest[i+1:]
	port, err := strconv.Atoi(digits)
	if err != nil || port < 1 || port > 65535 || strconv.Itoa(port) != digits {
		return bad("has a port outside 1 to 65535")
	}
	if inner, six := strings.CutPrefix(host, "["); six {
		host, ok = strings.CutSuffix(inner, "]")
		if !ok || !strings.Contains(host, ":") || !only(host, "0123456789abcdefABCDEF:.") {
			return bad("has a malformed address in brackets")
		}
	} else if !only(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") {
		return bad("has a host with characters that no host name has")
	}
	if len(host) == 0 || len(host) > 253 {
		return bad("has an empty or overlong host")
	}
	return Endpoint{Scheme: scheme, Host: host, Port: port}, nil
}

// TLS reports whether the connection is encrypted and pinned.
func (e Endpoint) TLS() bool { return e.Scheme == "mqtts" }

// Address is host:port as a dialer wants it, with brackets around IPv6.
func (e Endpoint) Address() string {
	host := e.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(e.Port)
}

// only reports whether s consists of bytes of set.
func only(s, set string) bool {
	for i := range len(s) {
		if !strings.Contains(set, s[i:i+1]) {
			return false
		}
	}
	return true
}
