package traffic

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"wanwatch/inventory"
)

// monday is the first day of a working week.
func monday(t testing.TB, clock string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation(time.DateTime, "2026-11-23 "+clock, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func office() Curve {
	return Curve{Seed: 5, Night: 2e6, Peak: 40e6, Lunch: 0.5, Weekend: 0.1, Noise: 0.2, Growth: 0.06, Limit: 50e6}
}

func TestShapeOfTheWeek(t *testing.T) {
	start := monday(t, "00:00:00")
	c := Curve{Night: 10e6, Peak: 110e6, Lunch: 0.4, Weekend: 0.2}
	f := New(c, Times{Zone: start.Location(), Start: start})
	for _, tt := range []struct {
		after time.Duration
		want  inventory.BitRate
	}{
		{3 * time.Hour, 10e6}, {9*time.Hour + 30*time.Minute, 110e6}, {12*time.Hour + 30*time.Minute, 67e6},
		{15 * time.Hour, 110e6}, {21 * time.Hour, 20e6}, {23*time.Hour + 45*time.Minute, 10e6},
		{5*24*time.Hour + 15*time.Hour, 30e6}, {6*24*time.Hour + 15*time.Hour, 30e6}, {7*24*time.Hour + 15*time.Hour, 110e6},
	} {
		if got := f.Rate(start.Add(tt.after)); math.Abs(float64(got)-float64(tt.want)) > 1 {
			t.Errorf("after %v: %v, want %v", tt.after, got, tt.want)
		}
	}
	utc := New(c, Times{Start: start})
	if got := utc.Rate(start.Add(22 * time.Hour)); got != 110e6 {
		t.Errorf("without a zone: %v at 15:00 UTC", got)
	}
}

func TestGrowth(t *testing.T) {
	start := monday(t, "15:00:00")
	f := New(Curve{Night: 1e6, Peak: 1e6, Growth: 0.1}, Times{Zone: start.Location(), Start: start})
	year := time.Duration(12 * month)
	for after, want := range map[time.Duration]float64{0: 1e6, year: 1e6 * math.Pow(1.1, 12), -year: 1e6 / math.Pow(1.1, 12)} {
		if got := float64(f.Rate(start.Add(after))); math.Abs(got-want) > 50 {
			t.Errorf("after %v: %v, want %v", after, got, want)
		}
	}
}

func TestNoiseAndLimit(t *testing.T) {
	start := monday(t, "00:00:00")
	f := New(Curve{Seed: 1, Night: 1e6, Peak: 1e6, Noise: 0.3, Limit: 1.2e6}, Times{Start: start})
	lowest, highest, mean := math.Inf(1), 0.0, 0.0
	const n = 5000
	for i := range n {
		r := float64(f.Rate(start.Add(time.Duration(i) * step)))
		lowest, highest, mean = min(lowest, r), max(highest, r), mean+f.curve.at(int64(i), start, start)/n
	}
	if lowest < 0.7e6 || lowest > 0.71e6 || highest != 1.2e6 {
		t.Errorf("from %v to %v", lowest, highest)
	}
	other := New(Curve{Seed: 2, Night: 1e6, Peak: 1e6, Noise: 0.3}, Times{Start: start})
	if f.Rate(start) == other.Rate(start) {
		t.Error("two seeds, one noise")
	}
}

// surges are of every sort, some of them at once.
func surges() []Surge {
	to := inventory.BitRate(48e6)
	return []Surge{
		{At: time.Minute, For: 10 * time.Minute, Over: 2 * time.Minute, Factor: 1.5},
		{At: 7 * time.Minute, For: 90 * time.Second, Every: 3 * time.Minute, Over: 7 * time.Second, Add: 5e6},
		{At: 8 * time.Minute, Every: 4 * time.Minute, For: time.Minute, Over: 40 * time.Second, To: &to},
		{At: 20 * time.Minute, Factor: 0.5},
		{At: 2 * time.Hour, For: 2 * time.Second, Every: 11 * time.Second, Add: 1e6},
	}
}

func TestSurges(t *testing.T) {
	start := monday(t, "03:00:00")
	to := inventory.BitRate(9e6)
	for name, tt := range map[string]struct {
		s    Surge
		want map[time.Duration]inventory.BitRate
	}{
		"factor, ramped": {Surge{At: 10 * time.Second, For: 40 * time.Second, Over: 10 * time.Second, Factor: 3}, map[time.Duration]inventory.BitRate{
			0: 2e6, 9 * time.Second: 2e6, 15 * time.Second: 4e6, 20 * time.Second: 6e6, 40 * time.Second: 6e6, 45 * time.Second: 4e6, 50 * time.Second: 2e6, time.Hour: 2e6}},
		"added, at once": {Surge{At: time.Second, For: time.Second, Add: 1e6}, map[time.Duration]inventory.BitRate{0: 2e6, time.Second: 3e6, 2 * time.Second: 2e6}},
		"to a rate, for ever": {Surge{At: time.Second, Over: 2 * time.Second, To: &to}, map[time.Duration]inventory.BitRate{
			0: 2e6, 2 * time.Second: 5.5e6, 3 * time.Second: 9e6, 100 * time.Hour: 9e6}},
		"again and again": {Surge{At: time.Minute, For: time.Second, Every: time.Minute, Factor: 2}, map[time.Duration]inventory.BitRate{
			0: 2e6, time.Minute: 4e6, 61 * time.Second: 2e6, 10 * time.Minute: 4e6, 10*time.Minute + 2*time.Second: 2e6}},
	} {
		t.Run(name, func(t *testing.T) {
			f := New(Curve{Night: 2e6, Peak: 2e6}, Times{Start: start}, tt.s)
			for after, want := range tt.want {
				if got := f.Rate(start.Add(after)); got != want {
					t.Errorf("after %v: %v, want %v", after, got, want)
				}
			}
		})
	}
}

// TestBytesAreTheIntegral sums the rate up in small pieces.
func TestBytesAreTheIntegral(t *testing.T) {
	start := monday(t, "07:58:20")
	f := New(office(), Times{Zone: start.Location(), Start: start, Epoch: start.Add(-time.Hour)}, surges()...)
	const piece = 100 * time.Millisecond
	sum, from := 0.0, start.Add(-10*time.Minute)
	for i := range 40 * 600 {
		at := from.Add(time.Duration(i)*piece + piece/2)
		sum += float64(f.Rate(at)) / 8 * piece.Seconds()
	}
	got := float64(f.Bytes(from, from.Add(40*time.Minute)))
	if math.Abs(got-sum) > sum*1e-6 {
		t.Errorf("%.0f bytes, the rate sums up to %.0f", got, sum)
	}
}

// TestCountIsMonotoneAndAdditive asks in disorder and in order, of one flow and
// of others, and wants one answer.
func TestCountIsMonotoneAndAdditive(t *testing.T) {
	start := monday(t, "11:11:11")
	place := Times{Zone: start.Location(), Start: start, Epoch: start.AddDate(0, 0, -1)}
	ordered, random := New(office(), place, surges()...), New(office(), place, surges()...)
	luck := rand.New(rand.NewPCG(1, 2))
	last, at := uint64(0), place.Epoch
	if ordered.Count(at) != 0 || ordered.Count(at.Add(-time.Hour)) != 0 {
		t.Error("it does not begin at 0")
	}
	for at.Before(start.Add(6 * time.Hour)) {
		n := ordered.Count(at)
		if n < last {
			t.Fatalf("at %v it went back from %d to %d", at, last, n)
		}
		if got := random.Count(at); got != n {
			t.Fatalf("at %v: %d in order, %d in disorder", at, n, got)
		}
		random.Count(place.Epoch.Add(time.Duration(luck.Int64N(int64(40 * time.Hour)))))
		last, at = n, at.Add(time.Duration(luck.Int64N(int64(20*time.Minute))))
	}
	if fresh := New(office(), place, surges()...); fresh.Count(start) != ordered.Count(start) {
		t.Error("another flow of the same curve counts otherwise")
	}
	b := start.Add(17 * time.Minute)
	if ordered.Bytes(start, b)+ordered.Bytes(b, at) != ordered.Bytes(start, at) || ordered.Bytes(b, start) != 0 {
		t.Error("the parts do not add up")
	}
}

// TestLongHighCounts counts more than the 2^53 that a float holds exactly.
func TestLongHighCounts(t *testing.T) {
	start := monday(t, "00:00:00")
	f := New(Curve{Night: 4e12, Peak: 4e12}, Times{Start: start})
	for days := range 40 {
		at := start.Add(time.Duration(days)*24*time.Hour + time.Second/50)
		if got, want := f.Count(at), uint64(days)*86400*5e11+1e10; got != want {
			t.Fatalf("after %d days: %d, want %d", days, got, want)
		}
	}
}

func TestMix(t *testing.T) {
	m := Mix{Errors: 0.01, Discards: 0.5}
	packets := m.Packets(800_000)
	if packets != 1000 || m.ErrorsIn(packets) != 10 || m.DiscardsIn(packets) != 500 {
		t.Errorf("%d packets, %d errors, %d discards", packets, m.ErrorsIn(packets), m.DiscardsIn(packets))
	}
	if got := (Mix{PacketBytes: 100}).Packets(1000); got != 10 {
		t.Errorf("%d packets", got)
	}
}

func TestDecode(t *testing.T) {
	var got struct {
		Curve Curve    `yaml:"curve"`
		Surge []*Surge `yaml:"surges"`
		Mix   Mix      `yaml:"mix"`
	}
	const text = `
curve: {seed: 1, night: 1Mbps, peak: 40Mbps, lunch: 40%, weekend: 10%, noise: 10%, growth: 6%, limit: 50Mbps}
surges: [{at: 1m, for: 2m, every: 5m, over: 20s, factor: 1.5, add: 1Mbps, to: 45Mbps}]
mix: {packet_bytes: 700, errors: 0.01%, discards: 0.1%}
`
	if err := inventory.Decode("curve.yaml", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Curve.Peak != 40e6 || *got.Surge[0].To != 45e6 || got.Mix.PacketBytes != 700 {
		t.Errorf("%+v", got)
	}
}

func BenchmarkNinetyDays(b *testing.B) {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for b.Loop() {
		New(office(), Times{Start: start, Epoch: start.AddDate(0, 0, -90)}).Count(start)
	}
}

func BenchmarkNext(b *testing.B) {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	f, at := New(office(), Times{Start: start}), start
	for b.Loop() {
		at = at.Add(30 * time.Second)
		f.Count(at)
	}
}

func BenchmarkAnywhereInADay(b *testing.B) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	f := New(office(), Times{Start: start})
	f.Count(start.AddDate(0, 0, 2))
	for i := 0; b.Loop(); i++ {
		f.Count(start.Add(time.Duration(i%2)*24*time.Hour + 12*time.Hour))
	}
}
