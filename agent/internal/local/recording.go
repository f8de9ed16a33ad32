package local

// Recording is control's answer to the verb "record": what the controller was told and
// what it answered in the last day or two, in the form of package trace.
type Recording struct {
	File []byte `json:"file"` // base64 on the wire
}
