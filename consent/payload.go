package consent

import (
	"strconv"
	"strings"
	"time"
)

// sizes are the classes messages are padded to, in bytes. The largest is the
// most a message can have.
var sizes = [...]int{256, 512, 1024, 2048, 4096}

// envelope is a json/1 message about to be written.
type envelope struct {
	id         string
	basis      BasisKind
	purpose    Purpose
	categories []Category
	sampledAt  string
	fields     []Field
	values     []string // JSON, parallel to fields
}

// encode writes the json/1 envelope, padded to its size class. The class is that
// of the longest message these fields could make, so it tells which fields are
// shared and nothing about their values. ok is false when no class is large enough.
func (e envelope) encode() (payload []byte, ok bool) {
	var b strings.Builder
	b.WriteString(`{"v":1,"id":` + strconv.Quote(e.id))
	b.WriteString(`,"basis":` + strconv.Quote(e.basis.String()))
	b.WriteString(`,"purpose":` + strconv.Quote(e.purpose.String()))
	b.WriteString(`,"categories":["` + strings.Join(categoryStrings(e.categories), `","`) + `"]`)
	b.WriteString(`,"sampled_at":` + strconv.Quote(e.sampledAt))
	b.WriteString(`,"fields":{`)
	slack := len(sampleLayout) - len(e.sampledAt)
	for i, f := range e.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(f.Name) + ":" + e.values[i])
		slack += f.width - len(e.values[i])
	}
	b.WriteString(`},"pad":"`)
	const tail = `"}`
	used := b.Len() + len(tail)
	for _, size := range sizes {
		if used+slack <= size {
			b.WriteString(strings.Repeat(".", size-used))
			b.WriteString(tail)
			return []byte(b.String()), true
		}
	}
	return nil, false
}

// sampleLayout is also the longest a sample time can be.
const sampleLayout = "2006-01-02T15:04:05Z"

// sampleTime writes when a sample was taken: wall time to the second, or, while
// wall time is not trusted, the seconds since the basis began. Time since boot
// would tell how long the device has been up.
func sampleTime(wall time.Time, trusted bool, sinceBasis time.Duration) string {
	if trusted {
		return wall.UTC().Format(sampleLayout)
	}
	return "+" + strconv.FormatInt(int64(sinceBasis/time.Second), 10) + "s"
}
