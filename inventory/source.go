package inventory

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// File is a file of an inventory, for [Parse]. Name stands in positions, and
// relative paths of secrets start at its folder.
type File struct {
	Name string
	Data []byte
}

// MaxFileSize is the size in bytes of the largest file that is read.
const MaxFileSize = 64 << 20

// clean returns the text of a file without its byte order mark, or what keeps
// it from being read as text.
func clean(f File) ([]byte, *Problem) {
	data := bytes.TrimPrefix(f.Data, []byte("\ufeff"))
	switch {
	case len(f.Data) > MaxFileSize:
		return nil, &Problem{Pos: Pos{f.Name, 1, 1}, Message: fmt.Sprintf("the file is larger than %d MiB: split it into several files in one folder", MaxFileSize>>20)}
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, &Problem{Pos: Pos{f.Name, 1, 1}, Message: "the file is in UTF-16: save it as UTF-8"}
	}
	offset, message := badText(data, len(f.Data)-len(data))
	if message == "" {
		return data, nil
	}
	line := 1 + bytes.Count(data[:offset], []byte("\n"))
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	return nil, &Problem{Pos: Pos{f.Name, line, 1 + utf8.RuneCount(data[start:offset])}, Message: message}
}

// badText finds the first byte that is no text, or a character that YAML 1.2,
// section 5.1 does not allow. The text begins at byte start of its file.
func badText(data []byte, start int) (offset int, message string) {
	valid := utf8.Valid(data)
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f:
			return i, fmt.Sprintf("the control character U+%04X cannot stand in YAML: remove it", c)
		case c < utf8.RuneSelf, valid && c != 0xc2 && c != 0xef:
			// Only these two bytes begin characters that are not allowed.
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return i, fmt.Sprintf("byte %d of the file (0x%02X) is not UTF-8: save the file as UTF-8", start+i+1, c)
		case r < 0xa0 && r != 0x85, r == 0xfeff, r == 0xfffe, r == 0xffff:
			return i, fmt.Sprintf("the character U+%04X cannot stand in YAML: remove it", r)
		}
		i += size
	}
	return 0, ""
}
