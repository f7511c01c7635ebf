package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Sending to an Alertmanager elsewhere: how long one attempt may take and how long
// it is tried. Whoever raises an alert raises it again while it fires.
const (
	sendTimeout = 10 * time.Second
	sendFor     = time.Minute
	waiting     = 1000 // batches
)

// Forwarder hands alerts to an Alertmanager elsewhere.
type Forwarder struct {
	url    string
	client *http.Client
	logger *slog.Logger
	queue  chan []byte
}

// ParseURL reads the URL of an Alertmanager, such as http://alertmanager:9093.
func ParseURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no URL of an Alertmanager: write --alertmanager.url http://host:9093", address)
	}
	return u, nil
}

// NewForwarder returns a forwarder to the Alertmanager at a URL.
func NewForwarder(address string, logger *slog.Logger) (*Forwarder, error) {
	u, err := ParseURL(address)
	if err != nil {
		return nil, err
	}
	return &Forwarder{
		url: u.JoinPath("/api/v2/alerts").String(), client: &http.Client{Timeout: sendTimeout},
		logger: logger.With("component", "alerts"), queue: make(chan []byte, waiting),
	}, nil
}

// Put queues alerts.
func (f *Forwarder) Put(_ context.Context, list ...Alert) error {
	type posted struct {
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
		StartsAt     time.Time         `json:"startsAt"`
		EndsAt       time.Time         `json:"endsAt,omitzero"`
		GeneratorURL string            `json:"generatorURL"`
	}
	batch := make([]posted, len(list))
	for i, a := range list {
		batch[i] = posted(a)
	}
	body, err := json.Marshal(batch)
	if err != nil {
		return fmt.Errorf("write alerts: %w", err)
	}
	select {
	case f.queue <- body:
		return nil
	default:
		return fmt.Errorf("alerts dropped: %d batches wait for %s already", waiting, f.url)
	}
}

// Run sends until ctx is done.
func (f *Forwarder) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case body := <-f.queue:
			_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, f.post(ctx, body) },
				backoff.WithMaxElapsedTime(sendFor))
			if err != nil && !errors.Is(err, context.Canceled) {
				f.logger.Error("alerts were not taken by Alertmanager; those that still fire are sent again", "error", err)
			}
		}
	}
}

func (f *Forwarder) post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := f.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < http.StatusMultipleChoices {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // for the log
	err = fmt.Errorf("%s answered %s: %s", f.url, response.Status, bytes.TrimSpace(said))
	if response.StatusCode < http.StatusInternalServerError {
		return backoff.Permanent(err)
	}
	return err
}
