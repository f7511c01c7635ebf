// Package equipment says which equipment to replace, when and why. It knows neither where
// figures come from nor how a report looks.
package equipment

import (
	"fmt"
	"strings"
	"time"
)

// Item is what is known of a piece of equipment.
type Item struct {
	// Model and Serial are those of the inventory, SaidModel and SaidSerial what the
	// equipment says; empty: not known.
	Model, SaidModel, Serial, SaidSerial string
	// Purchased and EndOfSupport are days; zero: not known.
	Purchased, EndOfSupport time.Time
	Reboots                 float64 // in the period
}

// Advice is what to do.
type Advice string

// The kinds of advice, the most urgent first.
const (
	Expired  Advice = "expired"  // support has ended: replace it
	Ending   Advice = "ending"   // support ends within the horizon: replace it before
	Unsteady Advice = "unsteady" // it restarts again and again: find out why
	Differs  Advice = "differs"  // it is not what the inventory says
	Keep     Advice = "keep"
)

const (
	// Horizon is how long before the end of support a replacement is planned.
	Horizon = 18 // months
	// manyReboots are restarts in the period that call for a look.
	manyReboots = 3
)

// Differs reports whether what it says is not what the inventory says. Case and blanks do
// not count, and a model may be written shorter than the equipment has it.
func (i Item) Differs() bool {
	return i.Serial != "" && i.SaidSerial != "" && !strings.EqualFold(trim(i.Serial), trim(i.SaidSerial)) ||
		i.Model != "" && i.SaidModel != "" && !strings.Contains(fold(i.SaidModel), fold(i.Model)) && !strings.Contains(fold(i.Model), fold(i.SaidModel))
}

func trim(s string) string { return strings.TrimSpace(s) }

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// Age is how long ago it was bought, in years; 0: not known.
func (i Item) Age(now time.Time) float64 {
	if i.Purchased.IsZero() || i.Purchased.After(now) {
		return 0
	}
	return now.Sub(i.Purchased).Hours() / 24 / 365.25
}

// Advise says what to do, and by the end of which quarter, as Q1/2027; empty: in none.
func (i Item) Advise(now time.Time) (advice Advice, quarter string) {
	switch {
	case !i.EndOfSupport.IsZero() && !i.EndOfSupport.After(now):
		return Expired, Quarter(now)
	case !i.EndOfSupport.IsZero() && i.EndOfSupport.Before(now.AddDate(0, Horizon, 0)):
		return Ending, Quarter(i.EndOfSupport.AddDate(0, 0, -1))
	case i.Reboots >= manyReboots:
		return Unsteady, Quarter(now)
	case i.Differs():
		return Differs, ""
	default:
		return Keep, ""
	}
}

// Quarter is that of a day: Q1/2027.
func Quarter(t time.Time) string { return fmt.Sprintf("Q%d/%d", (int(t.Month())+2)/3, t.Year()) }
