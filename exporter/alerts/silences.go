package alerts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/silence/silencepb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Silence keeps alerts from being told for a time.
type Silence struct {
	ID string
	// Matchers are the labels that an alert has if it is silenced.
	Matchers map[string]string
	From, To time.Time
	// By says who wanted it, Comment why.
	By, Comment string
}

// Silences returns those in force, the one that ends first first. One whose matchers
// say more than which labels are equal tells these parts as they are written.
func (m *Manager) Silences(ctx context.Context) ([]Silence, error) {
	found, _, err := m.silences.Query(ctx, silence.QState(silence.SilenceStateActive))
	if err != nil {
		return nil, fmt.Errorf("silences: %w", err)
	}
	list := make([]Silence, 0, len(found))
	for _, s := range found {
		one := Silence{ID: s.GetId(), Matchers: map[string]string{}, From: s.GetStartsAt().AsTime(), To: s.GetEndsAt().AsTime(), By: s.GetCreatedBy(), Comment: s.GetComment()}
		sets := [][]*silencepb.Matcher{s.GetMatchers()}
		for _, set := range s.GetMatcherSets() {
			sets = append(sets, set.GetMatchers())
		}
		for _, set := range sets {
			for _, x := range set {
				one.Matchers[x.GetName()] = operators[x.GetType()] + x.GetPattern()
			}
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Silence) int { return a.To.Compare(b.To) })
	return list, nil
}

// operators stand before what is not plain equality.
var operators = map[silencepb.Matcher_Type]string{
	silencepb.Matcher_REGEXP: "~", silencepb.Matcher_NOT_EQUAL: "≠", silencepb.Matcher_NOT_REGEXP: "≁",
}

// Silence makes a silence, and returns its id. It wants a matcher, an end in the
// future and somebody who wants it.
func (m *Manager) Silence(ctx context.Context, s Silence) (id string, err error) {
	if len(s.Matchers) == 0 || s.By == "" {
		return "", errors.New("a silence wants a label to match, and a name of who wants it")
	}
	from := s.From
	if from.IsZero() {
		from = time.Now()
	}
	set := &silencepb.MatcherSet{}
	for _, name := range slices.Sorted(maps.Keys(s.Matchers)) {
		set.Matchers = append(set.Matchers, &silencepb.Matcher{Type: silencepb.Matcher_EQUAL, Name: name, Pattern: s.Matchers[name]})
	}
	one := &silencepb.Silence{
		MatcherSets: []*silencepb.MatcherSet{set}, StartsAt: timestamppb.New(from), EndsAt: timestamppb.New(s.To), CreatedBy: s.By, Comment: s.Comment,
	}
	if err := m.silences.Set(ctx, one); err != nil {
		return "", fmt.Errorf("make a silence: %w", err)
	}
	return one.GetId(), nil
}

// Unsilence ends a silence.
func (m *Manager) Unsilence(ctx context.Context, id string) error {
	if err := m.silences.Expire(ctx, id); err != nil {
		return fmt.Errorf("end the silence %s: %w", id, err)
	}
	return nil
}
