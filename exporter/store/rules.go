package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/util/strutil"

	"wanwatch/probes/metric"
)

// Times of rules, those of Prometheus: how often an alert that fires is sent
// again, how long an outage of this program may be that pending alerts survive,
// and how long they then stay pending at least.
const (
	resendDelay     = time.Minute
	outageTolerance = time.Hour
	graceAfter      = 10 * time.Minute
)

// Alert is an alert that a rule raises.
type Alert struct {
	Labels, Annotations map[string]string
	// Firing is false while it is pending and when it is over.
	Firing bool
	// Active is since when the condition holds, Fired since when the alert fires,
	// Ended when it was over; zero if it does not, or was not.
	Active, Fired, Ended time.Time
	// Until is how long an alert that fires holds if nothing more is heard.
	Until time.Time
	// First and Last are true when the alert is handed out for the first time, and for
	// the first time after it was over.
	First, Last bool
	// Value is what the expression gave last.
	Value float64
	// Source is a link to the expression.
	Source string
}

// ruleBook evaluates rules. It implements rules.GroupLoader, which gives
// Prometheus' manager its rules from memory.
type ruleBook struct {
	store   *Store
	manager *rules.Manager
	end     context.CancelFunc
	start   func() // starts the evaluation; once, as stop
	stop    func()
	ended   chan struct{}

	told told

	mu     sync.Mutex
	groups *rulefmt.RuleGroups
}

// told are the alerts that were handed out and are not over.
type told struct {
	mu   sync.Mutex
	open map[uint64]bool
}

// turn says whether an alert begins or ends.
func (t *told) turn(a *rules.Alert) (first, last bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := a.Labels.Hash()
	was := t.open[key]
	if a.ResolvedAt.IsZero() {
		t.open[key] = true
		return !was, false
	}
	delete(t.open, key)
	return false, was
}

func newRuleBook(s *Store) *ruleBook {
	ctx, end := context.WithCancel(context.Background())
	b := &ruleBook{store: s, end: end, ended: make(chan struct{}), told: told{open: map[uint64]bool{}}}
	b.start = sync.OnceFunc(func() {
		go func() {
			b.manager.Run() // until it is stopped
			close(b.ended)
		}()
	})
	b.stop = sync.OnceFunc(func() {
		b.end()
		b.start() // what never began must begin to end: groups of rules wait for it
		b.manager.Stop()
		<-b.ended
	})
	b.manager = rules.NewManager(&rules.ManagerOptions{
		NameValidationScheme: model.UTF8Validation,
		QueryFunc:            rules.EngineQueryFunc(s.engine, s.db),
		NotifyFunc:           b.notify,
		Context:              ctx,
		AppendableV2:         s.db,
		Queryable:            s.db,
		Logger:               s.logger.With("part", "rules"),
		OutageTolerance:      outageTolerance,
		ForGracePeriod:       graceAfter,
		ResendDelay:          resendDelay,
		GroupLoader:          b,
		Parser:               s.parser,
		MaxConcurrentEvals:   1,
	})
	return b
}

// SetRules replaces all rules by those of a Prometheus rule file. If anything is
// wrong with it, the rules stay as they were and the error tells all that is wrong,
// each with the file's name and the line.
func (s *Store) SetRules(name string, file []byte) error {
	groups, errs := rulefmt.Parse(file, false, model.UTF8Validation, s.parser, s.logger)
	if len(errs) > 0 {
		for i := range errs {
			errs[i] = fmt.Errorf("%s: %w", name, errs[i])
		}
		return errors.Join(errs...)
	}
	return s.rules.set(groups)
}

func (b *ruleBook) set(groups *rulefmt.RuleGroups) error {
	b.mu.Lock()
	b.groups = groups
	b.mu.Unlock()
	o := &b.store.opts
	external := labels.FromMap(o.ExternalLabels)
	if err := b.manager.Update(o.Interval, []string{"wanwatch"}, external, o.ExternalURL, b.evaluate); err != nil {
		return fmt.Errorf("take over rules: %w", err)
	}
	return nil
}

// Load returns the rules; it implements rules.GroupLoader.
func (b *ruleBook) Load(string, bool, model.ValidationScheme) (*rulefmt.RuleGroups, []error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.groups, nil
}

// Parse parses an expression; it implements rules.GroupLoader.
func (b *ruleBook) Parse(query string) (parser.Expr, error) {
	expr, err := b.store.parser.ParseExpr(query)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", query, err)
	}
	return expr, nil
}

// evaluate evaluates a group and tells how it went.
func (b *ruleBook) evaluate(ctx context.Context, g *rules.Group, at time.Time) {
	rules.DefaultEvalIterationFunc(ctx, g, at)
	failed := 0
	for _, r := range g.Rules() {
		if r.LastError() != nil {
			failed++
		}
	}
	meter := b.store.opts.Meter
	meter.Add(metric.RuleEvaluations, float64(len(g.Rules())), g.Name())
	meter.Add(metric.RuleFailures, float64(failed), g.Name())
	meter.Set(metric.RuleDuration, g.GetEvaluationTime().Seconds(), g.Name())
}

// run evaluates until ctx is done.
func (b *ruleBook) run(ctx context.Context) {
	b.start()
	<-ctx.Done()
	b.stop()
}

func (b *ruleBook) notify(ctx context.Context, expr string, alerts ...*rules.Alert) {
	list := make([]Alert, len(alerts))
	for i, a := range alerts {
		list[i] = b.alert(a, expr)
		list[i].First, list[i].Last = b.told.turn(a)
	}
	if len(list) > 0 {
		b.store.opts.Notify(ctx, list)
	}
}

func (b *ruleBook) alert(a *rules.Alert, expr string) Alert {
	all := labels.NewBuilder(a.Labels)
	for name, value := range b.store.opts.ExternalLabels {
		if !a.Labels.Has(name) {
			all.Set(name, value)
		}
	}
	return Alert{
		Labels: all.Labels().Map(), Annotations: a.Annotations.Map(), Firing: a.State == rules.StateFiring,
		Active: a.ActiveAt, Fired: a.FiredAt, Ended: a.ResolvedAt, Until: a.ValidUntil, Value: a.Value,
		Source: b.store.opts.ExternalURL + strutil.TableLinkForExpression(expr),
	}
}

// Alerts returns the alerts that are pending or firing now.
func (s *Store) Alerts() []Alert {
	var list []Alert
	for _, rule := range s.rules.manager.AlertingRules() {
		for _, a := range rule.ActiveAlerts() {
			list = append(list, s.rules.alert(a, rule.Query().String()))
		}
	}
	return list
}
