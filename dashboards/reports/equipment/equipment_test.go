package equipment

import (
	"testing"
	"time"
)

func on(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func TestAdvice(t *testing.T) {
	now := on(2026, 11, 24)
	for name, c := range map[string]struct {
		item    Item
		advice  Advice
		quarter string
	}{
		"support has ended":           {Item{EndOfSupport: on(2026, 6, 30)}, Expired, "Q4/2026"},
		"ends today":                  {Item{EndOfSupport: now}, Expired, "Q4/2026"},
		"ends in spring":              {Item{EndOfSupport: on(2027, 4, 1), Reboots: 9}, Ending, "Q1/2027"},
		"ends in years":               {Item{EndOfSupport: on(2030, 1, 1)}, Keep, ""},
		"restarts":                    {Item{Reboots: 3}, Unsteady, "Q4/2026"},
		"another serial":              {Item{Serial: "A1", SaidSerial: "B2"}, Differs, ""},
		"the same, written otherwise": {Item{Serial: "fdo1 ", SaidSerial: "FDO1", Model: "Group 500", SaidModel: "RealPresence Group 500"}, Keep, ""},
		"another model":               {Item{Model: "ISR4321", SaidModel: "C1111"}, Differs, ""},
		"nothing known":               {Item{Model: "ISR4321"}, Keep, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if advice, quarter := c.item.Advise(now); advice != c.advice || quarter != c.quarter {
				t.Errorf("%s %s, want %s %s", advice, quarter, c.advice, c.quarter)
			}
		})
	}
	if age := (Item{Purchased: on(2020, 11, 24)}).Age(now); age < 5.99 || age > 6.01 {
		t.Errorf("%g years", age)
	}
	if (Item{}).Age(now) != 0 || (Item{Purchased: on(2027, 1, 1)}).Age(now) != 0 {
		t.Error("an age of nothing")
	}
}
