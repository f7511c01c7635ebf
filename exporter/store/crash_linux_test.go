package store_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/exporter/store"
	"wanwatch/internal/testenv"
	"wanwatch/probes"
)

// victim names the folder in which a copy of this test feeds a store until it is
// killed.
const victim = "WANWATCH_STORE_VICTIM"

// A process that is killed leaves a store that opens again, with what it had fed.
func TestKilled(t *testing.T) {
	if path := os.Getenv(victim); path != "" {
		p := newProber(t, small)
		p.result("one", probes.Success)
		s := run(t, store.Options{Source: p, Path: path, Interval: 10 * time.Millisecond})
		started := float64(time.Now().Unix()) // what lies before is of those killed earlier
		until(t, s, `timestamp(wanwatch_target_up{target="one"})`, func(list []store.Sample) bool {
			return len(list) == 1 && list[0].Value > started+1
		})
		if _, err := os.Stdout.WriteString("fed\n"); err != nil {
			t.Fatal(err)
		}
		select {} // until it is killed
	}
	path := t.TempDir()
	for round := range 3 {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		command.Env = append(os.Environ(), victim+"="+path)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // it was killed
		s, err := store.Open(store.Options{Source: newProber(t, small), Path: path})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Query(t.Context(), `count_over_time(wanwatch_target_up{target="one"}[5m])`, time.Now())
		if err != nil || len(got) != 1 || got[0].Value < float64(round+1) {
			t.Errorf("killed %d times: %v, %v", round+1, got, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A torn end of the write-ahead log, and a torn block, cost what is in them and no
// more.
func TestTornFiles(t *testing.T) {
	path := t.TempDir()
	p := newProber(t, small)
	p.result("one", probes.Success)
	fill := func() error {
		s, err := store.Open(store.Options{Source: p, Path: path, Interval: time.Hour})
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		until(t, s, `wanwatch_target_up{target="one"}`, one(1))
		cancel()
		return errors.Join(<-ended, s.Close())
	}
	if err := fill(); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(path, "wal", "0*"))
	if err != nil || len(segments) == 0 {
		t.Fatal("no segment of the log", err)
	}
	torn := segments[len(segments)-1]
	info, err := os.Stat(torn)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(torn, info.Size()-7); err != nil {
		t.Fatal(err)
	}
	block := filepath.Join(path, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
	if err := os.MkdirAll(filepath.Join(block, "chunks"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(block, "meta.json"), []byte(`{"version": 1, "ulid": "01ARZ3ND`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fill(); err != nil {
		t.Fatal(err)
	}
}

// On a full disk the program goes on, says so once, and keeps history again when
// there is room.
func TestFullDisk(t *testing.T) {
	testenv.NeedRoot(t)
	path := t.TempDir()
	if err := unix.Mount("tmpfs", path, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	p := newProber(t, small)
	p.result("one", probes.Success)
	log := newLog(t)
	s := run(t, store.Options{Source: p, Path: path, Interval: 5 * time.Millisecond, Logger: log.logger})
	until(t, s, `wanwatch_target_up{target="one"}`, one(1))
	ballast := filepath.Join(path, "ballast")
	if err := fillUp(ballast); err != nil {
		t.Fatal(err)
	}
	log.wait("history is not kept")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	log.wait("history is kept again")
	p.result("two", probes.Success)
	until(t, s, `wanwatch_target_up{target="two"}`, one(1))
}

// fillUp writes until the disk is full.
func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for size := 1 << 16; size > 0; {
		if _, err = f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			break
		}
	}
	return f.Close()
}
