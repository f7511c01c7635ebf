package exporter

import (
	"io"
	"strconv"
)

// chunk is how much is collected before it is written on.
const chunk = 64 << 10

// textEncoder writes the Prometheus text format 0.0.4, or OpenMetrics 1.0.
// Neither has native histograms. Its lines are those that package expfmt
// writes, byte for byte; it exists because expfmt takes ten times as long to
// put each label together again.
type textEncoder struct {
	w           io.Writer
	openMetrics bool
	buf         []byte
	err         error
}

func (t *textEncoder) begin(f *family) {
	if t.openMetrics {
		t.buf = append(t.buf, f.headOM...)
	} else {
		t.buf = append(t.buf, f.head...)
	}
}

func (t *textEncoder) number(f *family, labels *labelSet, s *series, v float64) {
	t.open(f.open, labels, s)
	t.close(v)
}

func (t *textEncoder) histogram(f *family, labels *labelSet, s *series, numbers []float64, _ *native) {
	le := f.le
	if t.openMetrics {
		le = f.leOM
	}
	total := 0.0
	for i, edge := range le {
		total += numbers[i]
		t.open(f.openBucket, labels, s)
		t.buf = append(t.buf, edge...)
		t.count(total)
	}
	t.open(f.openSum, labels, s)
	t.close(numbers[len(numbers)-1])
	t.open(f.openCount, labels, s)
	t.buf = append(t.buf, "} "...)
	t.count(total)
}

// open writes a line up to its last label.
func (t *textEncoder) open(name string, labels *labelSet, s *series) {
	if len(t.buf) > chunk {
		t.flush()
	}
	t.buf = append(t.buf, name...)
	t.buf = append(t.buf, labels.text...)
	t.buf = append(t.buf, s.text...)
}

// close writes the rest of a line.
func (t *textEncoder) close(v float64) {
	t.buf = append(t.buf, "} "...)
	if t.openMetrics {
		t.buf = appendFloatOM(t.buf, v)
	} else {
		t.buf = appendFloat(t.buf, v)
	}
	t.buf = append(t.buf, '\n')
}

// count writes a number of observations, which OpenMetrics writes as a whole
// number and the older format as a float.
func (t *textEncoder) count(v float64) {
	if t.openMetrics {
		t.buf = strconv.AppendUint(t.buf, uint64(v), 10)
	} else {
		t.buf = appendFloat(t.buf, v)
	}
	t.buf = append(t.buf, '\n')
}

func (t *textEncoder) end() error {
	t.flush()
	return t.err
}

func (t *textEncoder) flush() {
	if t.err == nil {
		_, t.err = t.w.Write(t.buf)
	}
	t.buf = t.buf[:0]
}
