package schedule

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlineBroughtNearer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := withLimit(t.Context(), 5*time.Second)
		defer d.release()
		child, cancel := context.WithTimeout(d, time.Minute)
		defer cancel()
		time.Sleep(time.Second)
		d.shorten(10 * time.Second) // no nearer
		d.shorten(2 * time.Second)
		<-child.Done()
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("ended after %s", took)
		}
		if !errors.Is(child.Err(), context.DeadlineExceeded) {
			t.Errorf("a child says %v", child.Err())
		}
		d.shorten(time.Second) // it is over
	})
}

func TestDeadlineOverAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withLimit(t.Context(), 5*time.Second)
		defer d.release()
		time.Sleep(3 * time.Second)
		d.shorten(2 * time.Second)
		<-d.Done()
		if took := time.Since(d.start); took != 3*time.Second {
			t.Errorf("ended after %s", took)
		}
	})
}

func TestDeadlineEndsWithItsParent(t *testing.T) {
	parent, cancel := context.WithCancel(t.Context())
	d := withLimit(parent, time.Hour)
	defer d.release()
	cancel()
	<-d.Done()
	if !errors.Is(d.Err(), context.Canceled) {
		t.Errorf("says %v", d.Err())
	}
}
