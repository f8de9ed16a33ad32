// Package qr draws a text as a QR code (ISO/IEC 18004) in a terminal, so that a phone
// can carry it away: a checkpoint of the ledger is worth something only where the
// device cannot reach it.
//
// Two modules share a character cell, light on dark whatever the terminal's own
// colours are, with the quiet zone of four modules that the standard asks for. The
// masking pattern is always the first one, which costs some readers a moment and no
// reader the code.
//
// rsc.io/qr/coding encodes: 800 lines of pure Go by one of Go's authors, unchanged
// for years and without dependencies. github.com/skip2/go-qrcode draws pictures, which
// nobody needs here, and links an image library for it.
package qr
