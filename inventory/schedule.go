package inventory

import "time"

// Covers reports whether at lies in the period, or in one of its repetitions.
func (m *Maintenance) Covers(at time.Time) bool {
	length := m.End.Sub(m.Start)
	if m.Repeat == nil || m.Repeat.Set == nil {
		return !at.Before(m.Start) && at.Before(m.End)
	}
	last := m.Repeat.Set.Before(at, true)
	return !last.IsZero() && at.Before(last.Add(length))
}
