package keeper

import "quietstat/consent"

// uplinkStalled gives a window up whose uplink's lease ran out: this machine stood
// still for 100 ms. It is counted with the refusals, so that status and the ledger's
// next summary tell of it, and opened again at once the first times. As nobody outside
// can bring it about, it may ask for a fresh sample again, unlike what befalls a
// connection (askFreshSample): an answer within a session cannot wait for the next one.
func (c *core) uplinkStalled(w consent.OpenWindow) {
	stalled := &consent.Refusal{Check: consent.CheckPath, Reason: consent.ReasonUplinkStalled, Recipient: w.Recipient}
	if current, open := c.state.Window(w.Recipient); open && current.Epoch == w.Epoch && !c.fence.closing() {
		c.refused(stalled)
		c.gate.Count(stalled)
	}
	c.giveUp(w, stalled, consent.UplinkStalled{Recipient: w.Recipient, Epoch: w.Epoch})
}
