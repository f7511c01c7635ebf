package exporter

import (
	"bytes"
	"crypto/rand"
	"io"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"go.uber.org/goleak"
)

// largest remembers its longest Write.
type largest struct {
	bytes.Buffer
	size int
}

func (l *largest) Write(p []byte) (int, error) {
	l.size = max(l.size, len(p))
	return l.Buffer.Write(p)
}

// TestBlocksStaySmall compresses with a writer that has been used before: its
// blocks, which are written one by one, are as small as those of a new one.
func TestBlocksStaySmall(t *testing.T) {
	data := make([]byte, 3<<20) // too random to become smaller
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	pool := &sync.Pool{}
	for turn := range 3 {
		var out largest
		p := newParallel(pool, &out)
		if _, err := p.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if most := compressedBlock * 11 / 10; out.size > most {
			t.Errorf("turn %d: a block of %d bytes, want at most %d", turn, out.size, most)
		}
		back, err := gzip.NewReader(&out.Buffer)
		if err != nil {
			t.Fatal(err)
		}
		read, err := io.ReadAll(back)
		if err != nil || !bytes.Equal(read, data) {
			t.Errorf("turn %d: read back %d bytes, error %v, want the %d that were written", turn, len(read), err, len(data))
		}
	}
}

// gone is a client that reads a little and goes away.
type gone struct{ read int }

func (g *gone) Write(p []byte) (int, error) {
	if g.read += len(p); g.read > 100_000 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// TestClientsThatGoLeaveNothing breaks off compressed answers.
func TestClientsThatGoLeaveNothing(t *testing.T) {
	data := make([]byte, 2<<20)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	ignore := goleak.IgnoreCurrent()
	for range 10 {
		p := newParallel(&sync.Pool{}, &gone{}) // a pool each: what is pooled is lost
		_, err := p.Write(data)
		if closed := p.Close(); err == nil && closed == nil {
			t.Error("no error, though the client has gone")
		}
	}
	goleak.VerifyNone(t, ignore)
}
