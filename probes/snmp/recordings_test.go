package snmp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// TestRecordings asks snmpsim for each recording over UDP and compares what
// discover prints with what the file says. The file is read here by its own
// rules, apart from the code under test.
func TestRecordings(t *testing.T) {
	dir := testenv.Shared(t, "snmp-recordings")
	if other := os.Getenv("WANWATCH_TEST_RECORDINGS"); other != "" {
		dir = other
	}
	address := simulator(t, dir)
	files, err := filepath.Glob(filepath.Join(dir, "*.snmprec"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", dir, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".snmprec")
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			d, err := Discover(ctx, DiscoverOptions{Address: address, Credential: community(t, name), Timeout: 10 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := d.WriteJSON(&out); err != nil {
				t.Fatal(err)
			}
			decoder := json.NewDecoder(&out)
			decoder.UseNumber()
			var got []map[string]any
			if err := decoder.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(expected(t, file), got); diff != "" {
				t.Errorf("the file (-) and discover (+) differ:\n%s", diff)
			}
			r := pollRecording(t, address, name, d)
			checkLoad(t, r, readRecording(t, file))
		})
	}
}

// pollRecording polls the first three interfaces by their ifIndex, twice: a
// recording stands still, so nothing may have grown or started anew.
func pollRecording(t *testing.T, address, name string, d *Discovery) *rig {
	t.Helper()
	var selectors []string
	for _, i := range d.Interfaces[:min(3, len(d.Interfaces))] {
		if i.Name != nil || i.Descr != nil {
			selectors = append(selectors, strconv.FormatUint(uint64(i.Index), 10))
		}
	}
	r := liveRig(t, address, community(t, name), selectors...)
	r.poll()
	r.poll()
	r.wantOutcome("rt", "success")
	r.want("rt", metric.DeviceReboots, 0)
	for n, s := range selectors {
		// A number may be the ifName of another interface of the device.
		if verdict, detail := r.outcome("link-" + s); verdict == "failure interface_missing" {
			t.Errorf("interface %s: %s", s, detail)
		}
		if i := d.Interfaces[n]; i.Name == nil || *i.Name != s {
			r.want("link-"+s, metric.InterfaceReceiveBytes, 0)
			r.want("link-"+s, metric.InterfaceResets, 0)
		}
	}
	return r
}

// community writes a community to a file and returns the credential.
func community(t testing.TB, text string) *inventory.SNMPCredential {
	t.Helper()
	file := filepath.Join(t.TempDir(), "community")
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &inventory.SNMPCredential{Version: "2c", Community: inventory.Secret{File: file}}
}

// expected reads a recording: what discover --json must print for it.
func expected(t *testing.T, file string) []map[string]any {
	t.Helper()
	const table, xtable = "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."
	recorded := readRecording(t, file)
	number := func(column string, index uint64) any {
		if v, ok := recorded[column][index]; ok {
			if _, err := strconv.ParseUint(v, 10, 64); err == nil {
				return json.Number(v)
			}
		}
		return nil
	}
	text := func(column string, index uint64) any {
		if v, ok := recorded[column][index]; ok {
			return v
		}
		return nil
	}
	either := func(a, b any) any {
		if a != nil {
			return a
		}
		return b
	}
	indexes := map[uint64]bool{}
	for _, c := range []string{"1", "2", "3", "5", "7", "8", "10", "13", "14", "16", "19", "20"} {
		for i := range recorded[table+c] {
			indexes[i] = true
		}
	}
	for _, c := range []string{"1", "6", "10", "15", "18"} {
		for i := range recorded[xtable+c] {
			indexes[i] = true
		}
	}
	want := []map[string]any{}
	for i := uint64(0); len(indexes) > 0; i = next(indexes) {
		if !indexes[i] {
			continue
		}
		delete(indexes, i)
		speed := number(table+"5", i)
		if high, ok := number(xtable+"15", i).(json.Number); ok && (high != "0" || speed == nil) {
			n, _ := strconv.ParseUint(high.String(), 10, 64)
			speed = json.Number(strconv.FormatUint(n*1_000_000, 10))
		}
		want = append(want, map[string]any{
			"index": json.Number(strconv.FormatUint(i, 10)),
			"name":  text(xtable+"1", i), "alias": text(xtable+"18", i), "descr": text(table+"2", i),
			"type": number(table+"3", i), "oper": number(table+"8", i), "admin": number(table+"7", i),
			"speed_bps":  speed,
			"in_octets":  either(number(xtable+"6", i), number(table+"10", i)),
			"out_octets": either(number(xtable+"10", i), number(table+"16", i)),
			"in_errors":  number(table+"14", i), "out_errors": number(table+"20", i),
			"in_discards": number(table+"13", i), "out_discards": number(table+"19", i),
		})
	}
	return want
}

func next(indexes map[uint64]bool) uint64 {
	least := ^uint64(0)
	for i := range indexes {
		least = min(least, i)
	}
	return least
}

// readRecording returns the values of a recording by column and index.
func readRecording(t *testing.T, file string) map[string]map[uint64]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorded := map[string]map[uint64]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "|", 3)
		if len(parts) != 3 {
			continue
		}
		dot := strings.LastIndexByte(parts[0], '.')
		if dot < 0 {
			continue
		}
		index, err := strconv.ParseUint(parts[0][dot+1:], 10, 64)
		if err != nil {
			continue
		}
		v := parts[2]
		if strings.HasSuffix(parts[1], "x") {
			raw, err := hex.DecodeString(v)
			if err != nil {
				continue
			}
			v = string(raw)
		}
		column := parts[0][:dot]
		if recorded[column] == nil {
			recorded[column] = map[uint64]string{}
		}
		recorded[column][index] = v
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return recorded
}
