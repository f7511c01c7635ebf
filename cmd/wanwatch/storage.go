package main

import (
	"fmt"
	"time"

	"github.com/alecthomas/units"
	"github.com/spf13/pflag"

	"wanwatch/internal/app"
	"wanwatch/inventory"
)

// The defaults of keeping history.
const (
	defaultStorage    = "wanwatch-data"
	defaultRetention  = 400 * 24 * time.Hour
	defaultOutOfOrder = 2 * time.Hour
)

// storageFlags adds the flags of keeping history, named as those of Prometheus.
func storageFlags(f *pflag.FlagSet, s *app.Storage) {
	s.Retention, s.OutOfOrder = defaultRetention, defaultOutOfOrder
	f.StringVar(&s.Path, "storage.path", defaultStorage, "`folder` in which history is kept; empty to keep none")
	f.Var((*days)(&s.Retention), "storage.retention", "`time` for which history is kept")
	f.Var((*size)(&s.MaxSize), "storage.max-size", "`bytes` that history may take, such as 20GB, before the oldest goes; 0 for any number")
	f.BoolVar(&s.RemoteWrite, "storage.remote-write", false, "let other agents write into the history at /api/v1/write")
	f.Var((*days)(&s.OutOfOrder), "storage.out-of-order", "`time` by which what others write may be late")
}

// days is a duration that may be written in days.
type days time.Duration

func (d *days) String() string { return inventory.FormatDuration(time.Duration(*d)) }
func (*days) Type() string     { return "time" }

// Set reads a duration as the inventory has it: 400d, 2h.
func (d *days) Set(text string) error {
	v, err := inventory.ParseDuration(text)
	*d = days(v)
	return err
}

// size is a number of bytes.
type size int64

func (s *size) String() string { return units.Base2Bytes(*s).String() }
func (*size) Type() string     { return "bytes" }

// Set reads a number of bytes: 512MB, 20GB; or 0.
func (s *size) Set(text string) error {
	if text == "0" {
		*s = 0
		return nil
	}
	v, err := units.ParseBase2Bytes(text)
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is no size: write 512MB or 20GB, or 0 for any", text)
	}
	*s = size(v)
	return nil
}
