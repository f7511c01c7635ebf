package sip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
)

// maxHead and maxBody bound what is read of an answer, in bytes.
const (
	maxHead = 32 << 10
	maxBody = 64 << 10
)

// response is an answer (RFC 3261, section 7.2), without its body.
type response struct {
	status int
	phrase string
	header textproto.MIMEHeader
}

// final reports whether no further answer to the request follows.
func (r *response) final() bool { return r.status >= 200 }

// compact are the short names of the headers that are read (RFC 3261, section 7.3.3);
// nothing changes them.
var compact = map[string]string{"V": "Via", "I": "Call-Id", "M": "Contact", "L": "Content-Length"}

// parse reads the answer that a datagram holds.
func parse(datagram []byte) (*response, error) {
	head, err := readHead(bufio.NewReader(bytes.NewReader(datagram)))
	if errors.Is(err, io.EOF) {
		return nil, syntax("its headers have no end")
	}
	if err != nil {
		return nil, err
	}
	return parseHead(head)
}

// read reads one answer from a stream, and its body, whose length the header tells
// (RFC 3261, section 18.3). Errors of reading are returned as they are.
func read(from *bufio.Reader) (*response, error) {
	head, err := readHead(from)
	if err != nil {
		return nil, err
	}
	r, err := parseHead(head)
	if err != nil {
		return nil, err
	}
	return r, skipBody(from, r.header.Get("Content-Length"))
}

func parseHead(head []byte) (*response, error) {
	reader := textproto.NewReader(bufio.NewReader(bytes.NewReader(head)))
	line, err := reader.ReadLine()
	if err != nil {
		return nil, syntax("there is no first line")
	}
	r := new(response)
	if r.status, r.phrase, err = statusLine(line); err != nil {
		return nil, err
	}
	if r.header, err = reader.ReadMIMEHeader(); err != nil {
		return nil, syntax("its headers are malformed")
	}
	for short, long := range compact {
		if v, ok := r.header[short]; ok {
			r.header[long] = append(r.header[long], v...)
		}
	}
	return r, nil
}

// readHead reads up to the empty line. Empty lines before a message are left out
// (RFC 3261, section 7.5).
func readHead(from *bufio.Reader) ([]byte, error) {
	var head []byte
	for {
		line, err := from.ReadSlice('\n')
		switch {
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(head) == 0 && len(bytes.TrimRight(line, "\r\n")) == 0:
			continue
		}
		head = append(head, line...)
		if len(head) > maxHead {
			return nil, syntax("the headers are longer than %d bytes", maxHead)
		}
		if bytes.HasSuffix(head, []byte("\n\r\n")) || bytes.HasSuffix(head, []byte("\n\n")) {
			return head, nil
		}
	}
}

func skipBody(from *bufio.Reader, length string) error {
	if length == "" {
		return nil // it must be there on a stream; nothing follows that is read
	}
	n, err := strconv.ParseUint(strings.TrimSpace(length), 10, 31)
	if err != nil || n > maxBody {
		return syntax("Content-Length is %.20q, not a number up to %d", length, maxBody)
	}
	_, err = io.CopyN(io.Discard, from, int64(n))
	return err
}

func statusLine(line string) (status int, phrase string, err error) {
	version, rest, _ := strings.Cut(line, " ")
	code, phrase, _ := strings.Cut(rest, " ")
	status, err = strconv.Atoi(code)
	if !strings.EqualFold(version, "SIP/2.0") || err != nil || len(code) != 3 || status < 100 || status > 699 {
		return 0, "", syntax("it begins with %.40q and not with SIP/2.0 and a status", line)
	}
	return status, phrase, nil
}

// syntaxError is an answer that is none.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

func syntax(format string, args ...any) error { return syntaxError(fmt.Sprintf(format, args...)) }

// answers returns why a response does not belong to a request, or "". RFC 3261,
// section 17.1.3: by the branch of the topmost Via and the method of CSeq; Call-ID
// is compared as well, since all three are known and random.
func (r *response) answers(q *request) string {
	via, _, _ := strings.Cut(r.header.Get("Via"), ",")
	_, parameters, _ := strings.Cut(via, ";")
	switch {
	case r.header.Get("Call-Id") != q.callID:
		return "it has another Call-ID"
	case strings.Join(strings.Fields(r.header.Get("Cseq")), " ") != fmt.Sprintf("%d OPTIONS", q.sequence):
		return "it has another CSeq"
	case !hasParameter(parameters, "branch", q.branch):
		return "it has another branch"
	}
	return ""
}

func hasParameter(parameters, name, value string) bool {
	for p := range strings.SplitSeq(parameters, ";") {
		if k, v, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(strings.TrimSpace(k), name) && strings.TrimSpace(v) == value {
			return true
		}
	}
	return false
}
