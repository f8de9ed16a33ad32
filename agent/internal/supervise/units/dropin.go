package units

import (
	"bytes"
	"fmt"
	"net/netip"
	"net/url"

	"quietstat/consent"
)

// dropIn is what a recipient's uplink may reach.
func dropIn(r consent.Recipient) ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	endpoint, err := url.Parse(r.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("the endpoint: %w", err)
	}
	b := new(bytes.Buffer)
	fmt.Fprintf(b, "# Written by quietstat recipient add, and again by the next; put yours beside it.\n[Service]\n")
	address, err := netip.ParseAddr(endpoint.Hostname())
	if err != nil { // a name
		return b.Bytes(), nil
	}
	family, address := "AF_INET6", address.Unmap().WithZone("")
	if address.Is4() {
		family = "AF_INET"
	}
	// An empty list first: lists are added to.
	fmt.Fprintf(b, "RestrictAddressFamilies=\nRestrictAddressFamilies=%s\nIPAddressDeny=any\nIPAddressAllow=%s\n", family, address)
	return b.Bytes(), nil
}
