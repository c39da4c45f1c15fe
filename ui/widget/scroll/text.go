package scroll

import "strings"

// Text is all lines that are kept, as they are shown: made safe, with their times where
// those are shown.
func (m *Model) Text() string {
	var b strings.Builder
	for no := m.ring.first; no < m.ring.end(); no++ {
		k := m.ring.at(no)
		if m.times && !k.time.IsZero() {
			b.WriteString(k.time.Format(timeLayout) + " ")
		}
		b.WriteString(k.text)
		b.WriteByte('\n')
	}
	return b.String()
}
