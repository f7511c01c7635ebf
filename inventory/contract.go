package inventory

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Contract is what was agreed with a provider.
type Contract struct {
	Number      string `yaml:"number" doc:"Number of the contract."`
	Starts      Date   `yaml:"starts" doc:"First day."`
	Ends        Date   `yaml:"ends" doc:"Last day."`
	MonthlyCost *Money `yaml:"monthly_cost" doc:"Cost a month."`
	LeadTime    Days   `yaml:"lead_time" doc:"Days from an order to its delivery, for example 45d."`
	SLA         *SLA   `yaml:"sla" doc:"What the provider promised."`
	Pos         Pos    `yaml:"-"`
}

// SLA is what a provider promised. A zero field was not promised.
type SLA struct {
	Availability Ratio         `yaml:"availability" doc:"Share of time up, in a month." example:"99.9%"`
	RTT          time.Duration `yaml:"rtt" min:"0s" doc:"Largest mean round-trip time." example:"20ms"`
	Jitter       time.Duration `yaml:"jitter" min:"0s" doc:"Largest jitter (RFC 3550)." example:"5ms"`
	Loss         Ratio         `yaml:"loss" doc:"Largest share of packets lost." example:"0.5%"`
	Repair       time.Duration `yaml:"repair" min:"0s" doc:"Longest time to restore."`
}

// Money is an amount in a currency (ISO 4217).
type Money struct {
	Amount   float64 `yaml:"amount,required" min:"0" doc:"Amount, without VAT."`
	Currency string  `yaml:"currency,required" doc:"Code of ISO 4217, in capitals." example:"VND"`
}

// String returns the amount and the code: 4500000 VND.
func (m Money) String() string {
	return strconv.FormatFloat(m.Amount, 'f', -1, 64) + " " + m.Currency
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (m *Money) check(r *report) {
	if m.Currency != "" && !currencyCode.MatchString(m.Currency) {
		r.problem("currency", "%s is no currency: write the three capitals of ISO 4217, such as VND or USD", quote(m.Currency))
	}
}

// starts returns the first moment of the contract, zero if it has always been
// in force.
func (c *Contract) starts() time.Time { return c.Starts.Time }

// ends returns the first moment after the contract, zero if it has no end.
func (c *Contract) ends() time.Time {
	if c.Ends.IsZero() {
		return time.Time{}
	}
	return c.Ends.End()
}

// InForce reports whether the contract is in force at a moment. Its last day
// belongs to it.
func (c *Contract) InForce(at time.Time) bool {
	return !at.Before(c.starts()) && (c.ends().IsZero() || at.Before(c.ends()))
}

func (c *Contract) check(r *report) {
	if !c.Ends.IsZero() && !c.Starts.IsZero() && !c.ends().After(c.starts()) {
		r.problem("ends", "the contract ends on %s, before it starts on %s", c.Ends, c.Starts)
	}
}

// contracts checks that the contracts of a link follow each other.
func (r *report) contracts(several []*Contract) {
	if r.has("contract") && r.has("contracts") {
		r.problem("contracts", "contract and contracts cannot both be given: move the one into the list")
		return
	}
	sorted := r.dated(several)
	slices.SortStableFunc(sorted, func(a, b *Contract) int { return a.starts().Compare(b.starts()) })
	var last *Contract // of those before, the one that ends last
	for _, c := range sorted {
		if last != nil && (last.ends().IsZero() || c.starts().Before(last.ends())) {
			r.overlap(last, c, slices.Index(several, c))
		}
		if last == nil || !last.ends().IsZero() && (c.ends().IsZero() || c.ends().After(last.ends())) {
			last = c
		}
	}
}

// dated returns the contracts whose dates are known: nothing has been found
// wrong with them.
func (r *report) dated(several []*Contract) []*Contract {
	at := r.place.child("contracts", nil)
	var sound []*Contract
	for i, c := range several {
		if !r.faulty(at.element(i, nil)) {
			sound = append(sound, c)
		}
	}
	return sound
}

func (r *report) overlap(a, b *Contract, index int) {
	var at *place
	for _, p := range r.pairs {
		if p.key == "contracts" {
			at = r.place.child(p.key, p.keyNode).element(index, nil)
		}
	}
	message := fmt.Sprintf("the contract overlaps the one at %s, which ends on %s", a.Pos.seenFrom(b.Pos), a.Ends)
	if a.Ends.IsZero() {
		message = fmt.Sprintf("the contract overlaps the one at %s, which has no end: write ends: there", a.Pos.seenFrom(b.Pos))
	}
	r.decoder.problemAt(b.Pos, at, message)
}

func contractAt(one *Contract, several []*Contract, at time.Time) *Contract {
	if one != nil && one.InForce(at) {
		return one
	}
	for _, c := range several {
		if c.InForce(at) {
			return c
		}
	}
	return nil
}
