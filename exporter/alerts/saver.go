package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// saver keeps a state on disk: it is written whenever it changed, so that a process
// that is killed forgets no silence and tells nothing twice.
type saver struct {
	path     string
	snapshot func(io.Writer) (int64, error)
	changed  chan struct{}
}

// keep saves a state from now on. It changes under its own lock, in which it must
// not be read, so it is written by a goroutine.
func (m *Manager) keep(ctx context.Context, name string, snapshot func(io.Writer) (int64, error), onChange func(func([]byte))) {
	s := &saver{path: m.file(name), snapshot: snapshot, changed: make(chan struct{}, 1)}
	m.savers = append(m.savers, s)
	onChange(func([]byte) {
		select {
		case s.changed <- struct{}{}:
		default: // it will be written anyway
		}
	})
	m.parts.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.changed:
				if err := s.save(); err != nil {
					m.logger.Error("a change is in memory only; is the disk full?", "error", err)
				}
			}
		}
	})
}

// save replaces the file as a whole.
func (s *saver) save() (err error) {
	f, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*")
	if err != nil {
		return fmt.Errorf("keep %s: %w", s.path, err)
	}
	_, err = s.snapshot(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), s.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep %s: %w", s.path, err), os.Remove(f.Name()))
	}
	return nil
}
