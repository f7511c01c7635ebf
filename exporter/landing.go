package exporter

import (
	_ "embed"
	"net/http"
)

//go:embed landing.html
var landingPage []byte

// landing shows what is served here. It names nothing of the network.
func landing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// A client that went away needs no answer.
	_, _ = w.Write(landingPage)
}
