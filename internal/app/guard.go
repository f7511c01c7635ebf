package app

import (
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
)

// guard keeps strangers out once the program runs: exporter-toolkit reads the web
// configuration file again for each request, and would serve everybody as soon as it
// names no password.
type guard struct {
	file   string
	logger *slog.Logger

	mu   sync.Mutex
	good fs.FileInfo // the file as it was when it last protected; nil: it never did, or no longer does
	told bool        // the log says that it does not
}

// over answers in the place of a handler while the file does not protect.
func (g *guard) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := g.refusal(); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refusal says why nobody is served; nothing, if all is well. What is wrong with a
// file that cannot be read is for the log alone: strangers read the answer.
func (g *guard) refusal() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Before the file is read, so that no change falls in between.
	now, err := os.Stat(g.file)
	if err == nil && g.good != nil && same(now, g.good) {
		return ""
	}
	g.good = nil
	var p protection
	if err == nil {
		p, err = readProtection(g.file)
	}
	switch lacks := p.lacks(); {
	case err != nil:
		g.tell("error", err)
		return "nobody is served: the web configuration file cannot be used any more; the log says why"
	case lacks != "":
		g.tell("lacks", lacks)
		return "nobody is served: other hosts could connect, and the web configuration file sets up no " + lacks + " any more"
	}
	g.good = now
	if g.told {
		g.told = false
		g.logger.Info("the web configuration file protects again", "file", g.file)
	}
	return ""
}

// tell logs once, until the file protects again.
func (g *guard) tell(key string, why any) {
	if !g.told {
		g.told = true
		g.logger.Error("the web configuration file does not protect any more: other hosts are refused", "file", g.file, key, why)
	}
}

// same reports whether a file was neither written nor replaced.
func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
