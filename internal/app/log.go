package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"

	"wanwatch/inventory"
)

// announce logs what started and where to look at it.
func (a *App) announce(g *generation) {
	scheme := "http"
	if a.secure.tls {
		scheme = "https"
	}
	for _, l := range a.listeners {
		a.opts.Logger.Info("wanwatch runs", append(g.counts(),
			slog.String("open", fmt.Sprintf("%s://%s/", scheme, reachable(l.Addr()))))...)
	}
	a.logWarnings(g)
}

// counts returns how much is watched, as attributes of a log line.
func (g *generation) counts() []any {
	targets := map[*inventory.Target]bool{}
	for _, j := range g.jobs {
		targets[j.Target] = true
	}
	return []any{slog.Int("targets", len(targets)), slog.Int("probes", len(g.jobs))}
}

func (a *App) logWarnings(g *generation) {
	for _, w := range g.inv.Warnings {
		a.opts.Logger.Warn("the inventory has a warning", "warning", w.String())
	}
}

// logFailure logs why a reload changed nothing, a line for each problem.
func (a *App) logFailure(err error) {
	var problems inventory.Problems
	if !errors.As(err, &problems) {
		a.opts.Logger.Error("inventory not reloaded; the one before stays in force", "err", err)
		return
	}
	a.opts.Logger.Error("inventory not reloaded; the one before stays in force", "problems", len(problems))
	for _, p := range problems {
		a.opts.Logger.Error("the inventory has a problem", "problem", p.String())
	}
}

// reachable returns the address to open for a listener: a wildcard address is
// no destination.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("localhost", fmt.Sprint(tcp.Port))
}
