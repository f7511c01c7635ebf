package pages

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
)

// Bounds of one page: a country has thousands of sites.
const (
	sitesAPage   = 100
	maxStrips    = 600 // targets whose last hour is drawn
	stripStep    = time.Minute
	stripTime    = time.Hour
	longestQuery = 100
)

// homePage is the page of all targets.
type homePage struct {
	frame
	Texts      homeTexts
	Counts     []count
	Query      string
	State      string
	Alerts     []alertRow
	Quiet      []alertRow // hidden behind others, or silenced
	QuietTitle string
	HasHistory bool
	Sites      []siteCard
	Page       string
	Before     string
	Next       string
}

type homeTexts struct {
	All, Search, Hint, Skip, States, Alerts, NoAlerts, NoHistory, Nothing, Sites, LastHour, Next, Before, Wall, Home, Meetings string
}

// count is how many targets are in a state, as a link that shows only those.
type count struct {
	Number                   string
	Word, Sign, Colour, Link string
	Chosen                   bool
}

type alertRow struct {
	Severity, Title, Summary, Since, Link, Why string
	Name, Target, Kind, Site, Provider         string
	Hidden, Silenced                           bool
}

type siteCard struct {
	Name    string
	Worst   badge
	Targets []targetRow
	rank    int
}

// badge is a state as a sign, a word and a colour.
type badge struct{ Sign, Word, Colour string }

type targetRow struct {
	Name, Kind, Since, Link string
	State                   badge
	Strip                   []span
	key                     string
}

func (f *frame) badge(s exporter.State) badge {
	return badge{s.Sign(), f.say(texts.State(s)), texts.Colour(s)}
}

// order of the states on pages: what is wrong comes first.
var order = []exporter.State{exporter.Down, exporter.Degraded, exporter.Unknown, exporter.Maintenance, exporter.Up}

func (p *pages) home(w http.ResponseWriter, r *http.Request) {
	h := homePage{frame: p.frame(w, r), HasHistory: p.History != nil}
	h.Title = h.say(texts.PageHome)
	h.Texts = homeTexts{
		h.say(texts.PageAll), h.say(texts.PageSearch), h.say(texts.PageSearchHint), h.say(texts.PageSkip), h.say(texts.PageStates),
		h.say(texts.PageAlerts), h.say(texts.PageNoAlerts), h.say(texts.PageNoHistory), h.say(texts.PageNothing), h.say(texts.PageSites),
		h.say(texts.PageLastHour), h.say(texts.PageNext), h.say(texts.PageBefore),
		h.say(texts.PageWall), h.say(texts.PageHome),
		p.meetingsWord(&h.frame),
	}
	asked := r.URL.Query()
	h.State, h.Query = asked.Get("state"), shortened(asked.Get("q"))
	states := p.States()
	h.count(states)
	rows := p.alertRows(r.Context(), &h.frame)
	first := slices.IndexFunc(rows, func(a alertRow) bool { return a.Hidden || a.Silenced })
	if first < 0 {
		first = len(rows)
	}
	h.Alerts, h.Quiet = rows[:first], rows[first:] // those come last
	h.QuietTitle = h.say(texts.PageQuiet, len(h.Quiet))
	h.Sites = p.cards(&h, states)
	h.paginate(asked.Get("page"))
	p.drawStrips(r.Context(), &h)
	if h.Wall {
		w.Header().Set("Refresh", "10")
	}
	p.show(w, "home.html", &h)
}

func shortened(text string) string {
	runes := []rune(strings.ToValidUTF8(text, ""))
	return string(runes[:min(len(runes), longestQuery)])
}

func (h *homePage) count(states []exporter.TargetState) {
	numbers := map[exporter.State]int{}
	for _, s := range states {
		numbers[s.State]++
	}
	for _, s := range order {
		b := h.badge(s)
		h.Counts = append(h.Counts, count{
			Number: h.Language.Number(float64(numbers[s]), 0), Word: b.Word, Sign: b.Sign, Colour: b.Colour,
			Link: "?" + url.Values{"state": {s.String()}}.Encode(), Chosen: h.State == s.String(),
		})
	}
}

// cards are the sites with those of their targets that fit, the worst first.
func (p *pages) cards(h *homePage, states []exporter.TargetState) []siteCard {
	inv := p.Inventory()
	bySite := map[string]*siteCard{}
	now := p.Now()
	for _, s := range states {
		name := s.Target.Site
		if site := inv.Sites[s.Target.Site]; site != nil && site.Name != "" {
			name = site.Name
		}
		if !h.wants(s, name) {
			continue
		}
		card := bySite[s.Target.Site]
		if card == nil {
			card = &siteCard{Name: name, rank: len(order)}
			bySite[s.Target.Site] = card
		}
		if rank := slices.Index(order, s.State); rank < card.rank {
			card.rank, card.Worst = rank, h.badge(s.State)
		}
		if h.Wall && s.State == exporter.Up {
			continue // a wall shows every site, and of its targets those that are not well
		}
		card.Targets = append(card.Targets, targetRow{
			Name: nameOf(s), Kind: h.say(texts.Kind(string(s.Target.Kind))), Link: linkTo(string(s.Target.Kind), s.Target.ID),
			Since: h.say(texts.PageSince, h.moment(now.Add(-s.For), now)), State: h.badge(s.State),
			key: string(s.Target.Kind) + "/" + s.Target.ID,
		})
	}
	list := make([]siteCard, 0, len(bySite))
	for _, card := range bySite {
		list = append(list, *card)
	}
	slices.SortFunc(list, func(a, b siteCard) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.Name, b.Name)) })
	return list
}

func (h *homePage) wants(s exporter.TargetState, site string) bool {
	if h.State != "" && s.State.String() != h.State {
		return false
	}
	text := strings.ToLower(site + " " + s.Target.Name + " " + s.Target.ID + " " + s.Target.Provider)
	return strings.Contains(text, strings.ToLower(h.Query))
}

// moment writes the time of day, and the day too if it was another.
func (f *frame) moment(t, now time.Time) string {
	t, now = t.In(f.zone), now.In(f.zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return f.Language.Clock(t)
}

func nameOf(s exporter.TargetState) string { return cmp.Or(s.Target.Name, s.Target.ID) }

func linkTo(kind, id string) string {
	return "/targets/" + url.PathEscape(kind) + "/" + url.PathEscape(id)
}

func (h *homePage) paginate(asked string) {
	pages := (len(h.Sites) + sitesAPage - 1) / sitesAPage
	if pages <= 1 {
		return
	}
	page, _ := strconv.Atoi(asked) // what is no number is the first page
	page = min(max(page, 1), pages)
	link := func(n int) string {
		return "?" + url.Values{"page": {strconv.Itoa(n)}, "state": {h.State}, "q": {h.Query}}.Encode()
	}
	h.Page = h.say(texts.PageMore, page, pages)
	if page > 1 {
		h.Before = link(page - 1)
	}
	if page < pages {
		h.Next = link(page + 1)
	}
	h.Sites = h.Sites[(page-1)*sitesAPage : min(page*sitesAPage, len(h.Sites))]
}

func (p *pages) alertRows(ctx context.Context, f *frame) []alertRow {
	if p.Alerts == nil {
		return nil
	}
	var rows []alertRow
	now := p.Now()
	for _, a := range p.Alerts(ctx) {
		row := alertRow{
			Severity: a.Severity, Title: a.Title[f.Language], Summary: a.Summary[f.Language],
			Since: f.say(texts.PageSince, f.moment(a.Since, now)), Hidden: a.Hidden, Silenced: a.Silenced,
			Name: a.Name, Target: a.Target, Kind: a.Kind, Site: a.Site, Provider: a.Provider,
		}
		switch {
		case a.Hidden:
			row.Why = f.say(texts.PageHidden)
		case a.Silenced:
			row.Why = f.say(texts.PageSilenced)
		}
		if a.Target != "" {
			row.Link = linkTo(a.Kind, a.Target)
		}
		rows = append(rows, row)
	}
	return rows
}

// drawStrips draws the last hour of each target that is shown.
func (p *pages) drawStrips(ctx context.Context, h *homePage) {
	shown := 0
	for _, s := range h.Sites {
		shown += len(s.Targets)
	}
	if p.History == nil || shown > maxStrips {
		return
	}
	now := p.Now().Truncate(stripStep)
	series, err := p.History.Range(ctx, query.State, now.Add(-stripTime), now, stripStep)
	if err != nil {
		p.Logger.Error("the last hour could not be drawn", "error", err)
		return
	}
	strips := make(map[string][]span, len(series))
	for _, s := range series {
		strips[s.Labels["kind"]+"/"+s.Labels["target"]] = strip(s.Points, now.Add(-stripTime))
	}
	for i := range h.Sites {
		for j := range h.Sites[i].Targets {
			t := &h.Sites[i].Targets[j]
			t.Strip = strips[t.key]
		}
	}
}
